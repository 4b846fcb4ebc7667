import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { InputError } from "../../../lib/errors.ts";
import { mimeEntity, multipart } from "../../../lib/mime/entity.ts";

test.each<readonly [string, string | Uint8Array, string]>([
  ["ASCII", "a\nb", "Content-Transfer-Encoding: 7bit\r\n\r\na\r\nb\r\n"],
  ["nothing", "", "Content-Transfer-Encoding: 7bit\r\n\r\n"],
  ["other text", "größer als", "Content-Transfer-Encoding: base64\r\n\r\nZ3LDtsOfZXIgYWxz\r\n"],
  ["octets", Uint8Array.of(0, 255), "Content-Transfer-Encoding: base64\r\n\r\nAP8=\r\n"],
])("mimeEntity writes %s in the encoding that fits", (_what, content, expected) => {
  expect(decodeUtf8(mimeEntity("text/plain; charset=utf-8", content))).toBe(
    `Content-Type: text/plain; charset=utf-8\r\n${expected}`,
  );
});

test("mimeEntity says how it is shown, and what it is", () => {
  const options = { disposition: "inline", filename: "ä.p7s", description: "S/MIME" } as const;
  expect(decodeUtf8(mimeEntity("a/b", "x", options))).toContain(
    "Content-Disposition: inline; filename*=utf-8''%C3%A4.p7s\r\nContent-Description: S/MIME\r\n",
  );
  expect(decodeUtf8(mimeEntity("a/b", "x", { filename: "x.p7s" }))).toContain(
    "Content-Disposition: attachment; filename=x.p7s\r\n",
  );
});

test("mimeEntity says that text is UTF-8, and refuses a type that says otherwise", async () => {
  const entity = mimeEntity("text/html", "<p>größer</p>");
  expect(decodeUtf8(entity)).toContain("Content-Type: text/html; charset=utf-8\r\n");
  const parsed = await simpleParser(Buffer.from([...encodeUtf8("MIME-Version: 1.0\r\n"), ...entity]));
  expect(parsed.html).toBe("<p>größer</p>");
  expect(decodeUtf8(mimeEntity("text/plain; charset=us-ascii", "a"))).toContain("charset=us-ascii\r\n");
  expect(decodeUtf8(mimeEntity("text/plain; charset=iso-8859-1", Uint8Array.of(0xe4)))).toContain("iso-8859-1\r\n");
  expect(() => mimeEntity("text/plain; charset=iso-8859-1", "ä")).toThrow(/^contentType: text is sent as UTF-8/);
});

test("mimeEntity does not encode a message (RFC 2046 section 5.2.1)", async () => {
  const message = "Subject: inner\nBcc: hidden@example.org\n\ngrößer\n";
  const entities = [mimeEntity("message/rfc822", message), mimeEntity("message/rfc822", encodeUtf8(message))];
  for (const entity of entities) {
    expect(decodeUtf8(entity)).toBe(
      "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: inner\r\n\r\ngrößer\r\n",
    );
  }
  const mixed = multipart("multipart/mixed", [mimeEntity("text/plain", "a"), ...entities]);
  const parsed = await PostalMime.parse(mixed, { rfc822Attachments: true });
  expect(parsed.attachments.map(({ mimeType }) => mimeType)).toEqual(["message/rfc822", "message/rfc822"]);
  expect(decodeUtf8(mimeEntity("message/partial; id=x; number=1", "a"))).toContain("Encoding: 7bit\r\n\r\na\r\n");
  expect(() => mimeEntity("message/rfc822", "Subject: \0\n\n")).toThrow(/^content: .* NUL/);
});

test("multipart holds each entity octet by octet, and another multipart", async () => {
  const first = encodeUtf8("Content-Type: text/plain\r\n\r\nno line end");
  const second = mimeEntity("text/html", "<p>ends</p>\n");
  const inner = multipart("multipart/alternative", [first, second]);
  const text = decodeUtf8(multipart("multipart/mixed; x=y", [inner, mimeEntity("a/b", Uint8Array.of(1))]));
  expect(text).toContain("\r\n\r\nno line end\r\n--");
  expect(text).toContain(decodeUtf8(inner));
  const parsed = await simpleParser(`MIME-Version: 1.0\r\n${text}`);
  expect([parsed.text, parsed.html, parsed.attachments.length]).toEqual(["no line end", "<p>ends</p>\n", 1]);
});

test("multipart says that what it holds is 8bit", () => {
  const entity = encodeUtf8("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nö\r\n");
  expect(decodeUtf8(multipart("multipart/mixed", [entity]))).toContain("\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--");
});

test.each<readonly [string, () => unknown]>([
  ["contentType", () => mimeEntity("multipart/mixed", "x")],
  ["contentType", () => mimeEntity("text", "x")],
  ["content", () => mimeEntity("a/b", 7 as never)],
  ["content", () => mimeEntity("a/b", "\ud800")],
  ["disposition", () => mimeEntity("a/b", "x", { disposition: "x\r\nBcc: y" as never })],
  ["filename", () => mimeEntity("a/b", "x", { filename: "x\r\nBcc: y" })],
  ["description", () => mimeEntity("a/b", "x", { description: "x\nBcc: y" })],
  ["contentType", () => multipart("text/plain", [mimeEntity("a/b", "x")])],
  ["contentType", () => multipart("multipart/mixed; boundary=x", [mimeEntity("a/b", "x")])],
  ["entities", () => multipart("multipart/mixed", [])],
  ["entities[0]", () => multipart("multipart/mixed", [encodeUtf8("Subject: x\r\n\r\n")])],
])("mimeEntity and multipart refuse what cannot be, naming %s", (field, make) => {
  let error: unknown;
  try {
    make();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({ field });
});
