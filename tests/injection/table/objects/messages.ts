/** Objects of which messages are made, and with which they are composed. @module */
import {
  compose,
  type ComposeOptions,
  composer,
  dkim,
  dkimRecord,
  fileLoader,
  flowed,
  fromFile,
  mimeEntity,
  readRawMessage,
  send,
  threadOf,
  urlLoader,
} from "../../../../mod.ts";
import { DKIM_KEY } from "../../../support/dkim_key.ts";
import { BASE } from "../../world.ts";
import { named, SERVER, type Subject, subject } from "./subject.ts";

function part(types: string | readonly string[], object: object, key: string): Subject {
  return subject(types, object, (one, world) => world.send({ html: "a", [key]: one } as object));
}

/** All of these. */
export const MESSAGES: readonly Subject[] = [
  part("MailboxInput", { name: "A", address: "a@b.example" }, "from"),
  part("GroupInput", { group: "A", members: ["a@b.example"] }, "to"),
  subject(
    "Message",
    { ...BASE, cc: "c@example.org", subject: "a" },
    (one, world) => send({ ...SERVER, ...world.own }, one),
  ),
  part("CalendarInput", { content: "BEGIN:VCALENDAR\r\n", method: "REQUEST" }, "calendar"),
  subject(
    "Alternative",
    { content: "a", contentType: "text/x-a" },
    (one, world) => world.send({ alternatives: [one] }),
  ),
  subject(
    "CustomFieldValue",
    { value: "a", structured: true },
    (one, world) => world.send({ headers: { "X-A": one } }),
  ),
  subject(
    ["Attachment", "AttachmentAbout", "AttachedMessage"],
    { content: "a", filename: "a.txt", description: "a" },
    (one, world) => world.send({ attachments: [one] }),
  ),
  named(
    "AttachedMessage",
    subject(
      ["AttachedMessage", "Attachment", "AttachmentAbout"],
      { message: BASE },
      (one, world) => world.send({ attachments: [one] }),
    ),
  ),
  named(
    "NamedAttachment",
    subject(
      ["Message.attachments[]", "Attachment", "AttachmentAbout", "AttachedMessage"],
      { path: "a.txt", cid: "a" },
      (one, world) =>
        world.send({ attachments: [one] }, { compose: composer({ load: fileLoader({ root: "/a", ...world.own }) }) }),
    ),
  ),
  subject("Base64Content", { base64: "YQ==" }, (content, world) => world.send({ attachments: [{ content }] })),
  {
    ...subject(
      "ContentSource",
      { size: 1, open: () => new Blob(["a"]).stream() },
      (content, world) => world.send({ attachments: [{ content }] }),
    ),
    open: "a source is a thing that does something, such as a file's handle",
  },
  subject(
    "RawMessage",
    { raw: "From: a@b.example\r\n\r\nHi", envelope: { to: "c@d.example" } },
    (one, world) => world.send(one),
  ),
  part("EnvelopeInput", { from: "a@b.example", to: "c@d.example" }, "envelope"),
  part("MailingList", { id: "a.b", help: "https://a.example/" }, "list"),
  subject(
    "ComposeOptions",
    (world) => ({ load: fileLoader({ root: "/a", ...world.own }) }),
    async (options: ComposeOptions) =>
      (await compose({ ...BASE, messageId: "a@b", date: new Date(0) }, options).toBytes()).length,
  ),
  subject(
    ["ComposerOptions", "ComposeOptions"],
    { transform: (entity: Uint8Array) => entity, memoryLimit: 100_000 },
    (one, world) => world.send({}, { compose: composer(one) }),
  ),
  subject(
    "EntityOptions",
    { filename: "a.txt", description: "a" },
    (one) => new TextDecoder().decode(mimeEntity("text/plain", "a", one)),
  ),
  subject("FlowedOptions", { delSp: true }, (one, world) => world.send({ text: flowed("a b", one) })),
  subject(
    "ReadRawMessageOptions",
    { limit: 1000 },
    async (one) => (await readRawMessage("From: a@b\r\nTo: c@d\r\n\r\n", one)).envelope,
  ),
  {
    ...subject("ThreadParent", { messageId: "<a@b>", subject: "a" }, (one) => threadOf(one)),
    open: "it is what a parser says of a message",
  },
  subject(
    "DkimSignature",
    { domain: "example.com", selector: "s", key: DKIM_KEY },
    (one, world) => world.send({}, { compose: composer({ sign: dkim(one) }) }),
  ),
  subject("DkimRecordOptions", { domain: "example.com", selector: "s", key: DKIM_KEY }, (one) => dkimRecord(one)),
  subject(
    "FileLoaderOptions",
    (world) => ({ root: "/a", ...world.own }),
    (one, world) => world.send({ attachments: [{ path: "a.txt" }] }, { compose: composer({ load: fileLoader(one) }) }),
  ),
  subject(
    "FromFileOptions",
    (world) => ({ filename: "b.txt", ...world.own }),
    async (one, world) => world.send({ attachments: [await fromFile("/a.txt", one)] }),
  ),
  subject("UrlLoaderOptions", { allow: ["https://a.example/"], maxSize: 5 }, (one) => Object.keys(urlLoader(one))),
];
