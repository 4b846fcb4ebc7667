/**
 * Messages that their caller composed, and what is read in them.
 *
 * @module
 */
import type { Asked } from "../../support/parsers/asked.ts";

/** A raw message. */
export interface RawCase {
  readonly name: string;
  readonly raw: string | Uint8Array;
  /** What every parser says of it, as far as it is of interest. */
  readonly reads: Partial<Asked>;
  /** Where it goes by its own fields. */
  readonly goesTo?: readonly string[];
}

const ADA = [{ name: "", address: "ada@example.com" }];

/** Raw messages. */
export const RAW: readonly RawCase[] = [
  {
    name: "line ends of all kinds",
    raw: "From: ada@example.com\rSubject: a\n b\r\nTo: bob@example.net\n\nline\rline\nline\r\n",
    reads: { from: ADA, to: [{ name: "", address: "bob@example.net" }], subject: "a b", text: "line\nline\nline\n" },
    goesTo: ["bob@example.net"],
  },
  {
    name: "no line end at its end",
    raw: "From: ada@example.com\nSubject: a\n\nb",
    reads: { from: ADA, subject: "a", text: "b\n" },
  },
  {
    name: "blind copies, folded and twice",
    raw:
      "Bcc: eve@example.org,\n mallory@example.org\nFrom: ada@example.com\nbcc : x@y\nTo: bob@example.net\nResent-Bcc: z@z\n\nBcc: a\n",
    reads: { from: ADA, to: [{ name: "", address: "bob@example.net" }], text: "Bcc: a\n", custom: [] },
  },
  {
    name: "blind copies alone",
    raw: "From: ada@example.com\nBcc: eve@example.org,\n Group: mallory@example.org;\n\na\n",
    reads: { from: ADA, to: [], cc: [], text: "a\n", custom: [] },
    goesTo: ["eve@example.org", "mallory@example.org"],
  },
  {
    name: "text in 8 bits",
    raw: "From: ada@example.com\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n" +
      "Content-Transfer-Encoding: 8bit\n\nGrüße 例子 😀\n",
    reads: { from: ADA, text: "Grüße 例子 😀\n" },
  },
  {
    name: "octets in another charset",
    raw: new Uint8Array(Buffer.from(
      "From: ada@example.com\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n" +
        "Content-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe\n",
      "latin1",
    )),
    reads: { from: ADA, text: "Grüße\n" },
  },
  {
    name: "dots and From at the beginning of lines",
    raw: "From: ada@example.com\n\n.\n..\nFrom x\n.a\n",
    reads: { from: ADA, text: ".\n..\nFrom x\n.a\n" },
  },
  {
    name: "parts with preamble and epilogue",
    raw:
      'From: ada@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b c"\n\npreamble\n--b c\n' +
      "Content-Transfer-Encoding: base64\n\nw6kK\n--b c\nContent-Type: application/x-test\n" +
      'Content-Disposition: attachment; filename="a.bin"\nContent-Transfer-Encoding: base64\n\nAQID\n--b c--\nepilogue\n',
    reads: {
      from: ADA,
      html: undefined,
      attachments: [{
        filename: "a.bin",
        contentType: "application/x-test",
        parameters: {},
        cid: undefined,
        disposition: "attachment",
        description: undefined,
        octets: Uint8Array.of(1, 2, 3),
      }],
    },
  },
  {
    name: "a thread",
    raw: "From: ada@example.com\nMessage-ID: <c@x>\nIn-Reply-To: <b@x>\nReferences: <a@x>\n <b@x>\n\nHi\n",
    reads: { messageId: "<c@x>", inReplyTo: ["<b@x>"], references: ["<a@x>", "<b@x>"], text: "Hi\n" },
  },
  {
    name: "groups",
    raw: "From: ada@example.com\nTo: Friends: Bob <bob@example.net>, eve@example.org;, carol@example.net\n\nHi\n",
    reads: {
      to: [
        {
          group: "Friends",
          members: [{ name: "Bob", address: "bob@example.net" }, { name: "", address: "eve@example.org" }],
        },
        { name: "", address: "carol@example.net" },
      ],
    },
    goesTo: ["bob@example.net", "eve@example.org", "carol@example.net"],
  },
];
