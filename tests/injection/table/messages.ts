/** Strings of messages. @module */
import {
  compose,
  composer,
  type CustomFields,
  embedDataUrls,
  flowed,
  fromFile,
  mimeEntity,
  multipart,
  parseAddressList,
  parseMailbox,
  parseMailboxList,
  readRawMessage,
  reusable,
  threadOf,
} from "../../../mod.ts";
import { type Inject, language, loose, type Table } from "../injector.ts";

/** An address list in which the text is part of a display name, a domain or a local part; it is a language. */
function list(key: "to" | "cc" | "bcc" | "replyTo" | "from" | "dispositionNotificationTo"): Table {
  return {
    [`Message.${key}`]: language(
      (text, world) => world.send({ [key]: `${text} <x@example.org>` }),
      (text, world) => world.send({ [key]: `${text}@example.org` }),
      (text, world) => world.send({ [key]: `x@example.org${text}` }),
    ),
    [`Message.${key}[]`]: language((text, world) =>
      world.send({ sender: "s@example.org", [key]: [`"${text}"@example.org`] })
    ),
  };
}

const CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";

const AS_IT_IS = "a raw message goes out as it is, its lines as long as its author made them";
const OTHERS = "a stranger's words, of which those are taken that are identifiers";

/** Custom fields, by what takes them. */
function fields(path: string, use: (headers: CustomFields) => Inject): Table {
  const at = (make: (text: string) => CustomFields): Inject => (text, world) => use(make(text))(text, world);
  return {
    [`${path}[][0]`]: at((text) => [[`X-${text}`, "a"]]),
    [`${path}[][1]`]: at((text) => [["X-A", text]]),
    [`${path}{key}`]: at((text) => ({ [`X-${text}`]: "a" })),
    [`${path}{value}`]: at((text) => ({ "X-A": text })),
    [`${path}{value}[]`]: at((text) => ({ "X-A": ["a", text] })),
  };
}

const part = { content: "a", filename: "a.txt" };

/** Messages, their fields, bodies and attachments. */
export const MESSAGES: Table = {
  ...list("from"),
  ...list("to"),
  ...list("cc"),
  ...list("bcc"),
  ...list("replyTo"),
  ...list("dispositionNotificationTo"),
  "Message.sender": language((text, world) => world.send({ sender: `${text} <s@example.org>` })),
  "Message.subject": (text, world) => world.send({ subject: text }),
  "Message.inReplyTo": language((text, world) => world.send({ inReplyTo: `<a${text}@b>` })),
  "Message.inReplyTo[]": language((text, world) => world.send({ inReplyTo: ["a@b", `a${text}@b`], references: "a@b" })),
  "Message.references": language((text, world) => world.send({ references: `<a@b> <${text}@c>` })),
  "Message.references[]": language((text, world) => world.send({ references: ["a@b", `<a@${text}>`] })),
  "Message.text": (text, world) => world.send({ text }),
  "Message.html": (text, world) => world.send({ html: `<p>${text}` }),
  "Message.markdown": (text, world) => world.send({ markdown: text }),
  "Message.amp": (text, world) => world.send({ amp: text, html: "a" }),
  "Message.messageId": (text, world) => world.send({ messageId: `<a${text}@b>` }),
  "Message.priority": (text, world) => world.send({ priority: text as "high" }),
  "Message.autoSubmitted": (text, world) => world.send({ autoSubmitted: `no${text}` as "no" }),
  "Message.attachments[].path": (text, world) =>
    world.send(
      { attachments: [{ path: `folder/${text}` }] },
      { compose: (message) => compose(message, { load: { path: () => ({ open: () => new Blob(["a"]).stream() }) } }) },
    ),
  "Message.attachments[].url": (text, world) =>
    world.send({ attachments: [{ url: `https://example.com/${text}` }] }, {
      compose: (message) => compose(message, { load: { url: () => ({ open: () => new Blob(["a"]).stream() }) } }),
    }),
  ...fields("Message.headers", (headers) => (_, world) => world.send({ headers })),
  "CustomFieldValue.value": [
    (text, world) => world.send({ headers: { "X-A": { value: text, structured: true } } }),
    (text, world) => world.send({ headers: { References: { value: `<a${text}@b>`, structured: true } } }),
  ],
  "MailboxInput.name": (text, world) => world.send({ from: { name: text, address: "ada@example.com" } }),
  "MailboxInput.address": (text, world) => world.send({ to: [{ address: `b${text}@example.org` }] }),
  "GroupInput.group": (text, world) => world.send({ to: { group: text, members: "x@example.org" } }),
  "GroupInput.members": language((text, world) => world.send({ to: { group: "a", members: `${text}@example.org` } })),
  "GroupInput.members[]": language((text, world) =>
    world.send({ to: { group: "a", members: [`x@example${text}.org`] } })
  ),
  "EnvelopeInput.from": language((text, world) => world.send({ envelope: { from: `a${text}@example.org` } })),
  "EnvelopeInput.to": language((text, world) => world.send({ envelope: { to: `x@example.org${text}` } })),
  "EnvelopeInput.to[]": language((text, world) =>
    world.send({ envelope: { to: ["x@example.org", `"${text}"@example.org`] } })
  ),
  "Alternative.content": (text, world) =>
    world.send({ alternatives: [{ content: text, contentType: "text/x-a" }, { content: text, contentType: "x/a" }] }),
  "Alternative.contentType": language((text, world) =>
    world.send({ alternatives: [{ content: "a", contentType: `text/x-a; p=${text}` }] })
  ),
  "Alternative.description": (text, world) =>
    world.send({ alternatives: [{ content: "a", contentType: "text/x-a", description: text }] }),
  ...fields(
    "Alternative.headers",
    (headers) => (_, world) => world.send({ alternatives: [{ content: "a", contentType: "text/x-a", headers }] }),
  ),
  "Attachment.content": (text, world) =>
    world.send({
      attachments: [{ ...part, content: text }, { content: text, contentType: "message/delivery-status" }],
    }),
  "AttachmentAbout.filename": (text, world) => world.send({ attachments: [{ content: "a", filename: text }] }),
  "AttachmentAbout.contentType": language((text, world) =>
    world.send({ attachments: [{ content: "a", contentType: `text/plain${text}` }] })
  ),
  "AttachmentAbout.cid": (text, world) => world.send({ html: "a", attachments: [{ content: "a", cid: text }] }),
  "AttachmentAbout.disposition": (text, world) =>
    world.send({ attachments: [{ ...part, disposition: text as "inline" }] }),
  "AttachmentAbout.description": (text, world) => world.send({ attachments: [{ ...part, description: text }] }),
  ...fields("AttachmentAbout.headers", (headers) => (_, world) => world.send({ attachments: [{ ...part, headers }] })),
  "AttachedMessage.message": loose(
    "what is not ASCII needs another encoding",
    (text, world) => world.send({ attachments: [{ message: `Subject: a\r\n\r\n${text}` }] }),
  ),
  "Base64Content.base64": language((text, world) => world.send({ attachments: [{ content: { base64: text } }] })),
  "CalendarInput.content": language((text, world) =>
    world.send({ calendar: { content: CALENDAR.replace("END:", `X-A:${text}\r\nEND:`), method: "REQUEST" } })
  ),
  "CalendarInput.filename": (text, world) =>
    world.send({ calendar: { content: CALENDAR, method: "REQUEST", filename: text } }),
  "CalendarInput.method": (text, world) => world.send({ calendar: { content: CALENDAR, method: text as "REQUEST" } }),
  "MailingList.id": (text, world) => world.send({ list: { id: `a${text}.example.com` } }),
  "MailingList.name": (text, world) => world.send({ list: { id: "a.example.com", name: text } }),
  ...Object.fromEntries(
    ["help", "unsubscribe", "subscribe", "post", "owner", "archive"].flatMap((key): [string, Inject][] => [
      [`MailingList.${key}`, (text, world) => world.send({ list: { [key]: `https://example.com/${text}` } })],
      [
        `MailingList.${key}[]`,
        (text, world) => world.send({ list: { [key]: ["https://example.com/", `mailto:a@example.com?${text}`] } }),
      ],
    ]),
  ),
  "RawMessage.raw": loose(
    AS_IT_IS,
    (text, world) =>
      world.send({ raw: `Subject: a\r\n\r\n${text}`, envelope: { from: BASE_FROM, to: "bob@example.net" } }),
  ),
  "readRawMessage(raw)": loose(
    AS_IT_IS,
    async (text, world) =>
      await world.send(await readRawMessage(`From: ${BASE_FROM}\r\nTo: bob@example.net\r\n\r\n${text}`)),
  ),
  "reusable(content)": async (text, world) => await world.send({ text: reusable(text) }),
  "flowed(text)": async (text, world) => await world.send({ text: flowed(text) }),
  "embedDataUrls(html)": async (text, world) =>
    await world.send(embedDataUrls(`<img src="data:image/png;base64,QUJD">${text}`)),
  "ThreadParent.messageId": async (text, world) => await world.send(threadOf({ messageId: `<a${text}@b>` })),
  "ThreadParent.references": loose(
    OTHERS,
    async (text, world) => await world.send(threadOf({ messageId: "<a@b>", references: `<c@d> <${text}@e>` })),
  ),
  "ThreadParent.references[]": loose(
    OTHERS,
    async (text, world) => await world.send(threadOf({ messageId: "<a@b>", references: ["<c@d>", text] })),
  ),
  "ThreadParent.inReplyTo": loose(
    OTHERS,
    async (text, world) => await world.send(threadOf({ messageId: "<a@b>", inReplyTo: `<${text}@e>` })),
  ),
  "ThreadParent.inReplyTo[]": loose(
    OTHERS,
    async (text, world) => await world.send(threadOf({ messageId: "<a@b>", inReplyTo: [text] })),
  ),
  "ThreadParent.subject": async (text, world) => await world.send(threadOf({ messageId: "<a@b>", subject: text })),
  "FromFileOptions.filename": async (text, world) =>
    await world.send({ attachments: [await fromFile("a", { runtime: world.runtime, filename: text })] }),
  "FromFileOptions.contentType": language(async (text, world) =>
    await world.send({
      attachments: [await fromFile("a", { runtime: world.runtime, contentType: `text/plain;${text}` })],
    })
  ),
  "FromFileOptions.cid": async (text, world) =>
    await world.send({ html: "a", attachments: [await fromFile("a", { runtime: world.runtime, cid: text })] }),
  "FromFileOptions.disposition": async (text, world) =>
    await world.send({
      attachments: [await fromFile("a", { runtime: world.runtime, disposition: text as "inline" })],
    }),
  "fromFile(path)": async (text, world) =>
    await world.send({ attachments: [await fromFile(`folder/${text}`, { runtime: world.runtime })] }),
  "mimeEntity(contentType)": language(async (text, world) =>
    await entity(mimeEntity(`text/plain; p="${text}"`, "a"), world)
  ),
  "mimeEntity(content)": async (text, world) => await entity(mimeEntity("text/plain", text), world),
  "EntityOptions.disposition": async (text, world) =>
    await entity(mimeEntity("text/plain", "a", { disposition: text as "inline" }), world),
  "EntityOptions.filename": async (text, world) =>
    await entity(mimeEntity("text/plain", "a", { filename: text }), world),
  "EntityOptions.description": async (text, world) =>
    await entity(mimeEntity("text/plain", "a", { description: text }), world),
  "multipart(contentType)": language(async (text, world) =>
    await entity(multipart(`multipart/mixed; p=${text}`, [mimeEntity("text/plain", "a")]), world)
  ),
  "Signer.sign()": loose(
    "a signer writes fields",
    (text, world) =>
      world.send({}, { compose: composer({ sign: { sign: () => Promise.resolve(`X-Signature: ${text}\r\n`) } }) }),
  ),
  "parseMailbox(input)": language(async (text, world) =>
    await world.send({ to: parseMailbox(`${text} <x@example.org>`) })
  ),
  "parseMailboxList(input)": language(async (text, world) =>
    await world.send({ to: parseMailboxList(`x@example.org, ${text}@example.org`) })
  ),
  "parseMailboxList(input)[]": language(async (text, world) =>
    await world.send({ to: parseMailboxList([`x@example.org`, `"${text}"@example.org`]) })
  ),
  "parseAddressList(input)": language(async (text, world) =>
    await world.send({ to: parseAddressList(`a ${text}: x@example.org;`) })
  ),
  "parseAddressList(input)[]": language(async (text, world) =>
    await world.send({ to: parseAddressList([`a ${text}: x@example.org;`]) })
  ),
};

const BASE_FROM = "ada@example.com";

/** Sends what a transform makes of a message: the entity at hand. */
function entity(octets: Uint8Array, world: Parameters<Inject>[1]): Promise<unknown> {
  return world.send({}, { compose: composer({ transform: () => octets }) });
}
