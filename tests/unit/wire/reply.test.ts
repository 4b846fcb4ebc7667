import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { Reply, replyText } from "../../../lib/wire/reply.ts";

function reply(octets: string, secrets: readonly string[] = []): Reply {
  const made = new Reply(Number(octets.slice(0, 3)), encodeUtf8(octets));
  made.secrets = secrets;
  return made;
}

test.each([
  ["takes it off every line", "550-5.1.1 no\r\n550 5.1.1 such\r\n", "5.1.1", "no\nsuch"],
  ["leaves another one on a later line", "550-5.1.1 no\r\n550 5.1.2 such\r\n", "5.1.1", "no\n5.1.2 such"],
  ["takes one without text", "250 2.0.0\r\n", "2.0.0", ""],
  ["takes three digits", "450 4.999.999 x\r\n", "4.999.999", "x"],
  ["passes over one of another class", "550 4.1.1 x\r\n", undefined, "4.1.1 x"],
  ["passes over one of a class that there is not", "354 3.0.0 x\r\n", undefined, "3.0.0 x"],
  ["passes over four digits", "550 5.1.1000 x\r\n", undefined, "5.1.1000 x"],
  ["passes over four numbers", "550 5.1.1.1 x\r\n", undefined, "5.1.1.1 x"],
  ["passes over one inside the text", "550 see 5.1.1 x\r\n", undefined, "see 5.1.1 x"],
  ["passes over one on a later line only", "550-no\r\n550 5.1.1 x\r\n", undefined, "no\n5.1.1 x"],
  ["passes over one with a letter behind it", "550 5.1.1x\r\n", undefined, "5.1.1x"],
])("Reply.info reads the enhanced code: %s", (_what, octets, enhanced, text) => {
  expect(reply(octets).info()).toEqual({ code: Number(octets.slice(0, 3)), enhanced, text });
});

test("Reply.info replaces what could steer a terminal or forge a line of a log", () => {
  expect(reply("550 a\0b\x07c\x1bd\re\x7ff\x9bg\u2028h\u2029i\r\n").info().text).toBe("a�b�c�d�e�f�g�h�i");
});

test("Reply.info shows 1,024 characters and no more", () => {
  expect(reply(`550 ${"x".repeat(1024)}\r\n`).info().text).toBe("x".repeat(1024));
  expect(reply(`550 ${"x".repeat(1025)}\r\n`).info().text).toBe(`${"x".repeat(1024)}…`);
});

test("Reply.info masks secrets, also those that hold control characters or stand where the text is cut", () => {
  const secrets = ["c2VjcmV0", "se\x01cret"];
  const text = `${"x".repeat(1020)}c2VjcmV0`;
  expect(reply("535 not c2VjcmV0 c2VjcmV0, se\x01cret\r\n", secrets).info().text).toBe("not *** ***, ***");
  expect(reply(`535 ${text}\r\n`, secrets).info().text).toBe(`${"x".repeat(1020)}***`);
});

test("Reply tells the classes apart", () => {
  const classes = ["250", "354", "450", "550"].map((code) => {
    const { positive, intermediate, negative } = reply(`${code}\r\n`);
    return [positive, intermediate, negative];
  });
  expect(classes).toEqual([[true, false, false], [false, true, false], [false, false, true], [false, false, true]]);
});

test("replyText puts a reply on one line", () => {
  expect(replyText(reply("550-5.1.1 no\r\n550 5.1.1 such\r\n").info())).toBe("550 5.1.1 no such");
  expect(replyText(reply("250\r\n").info())).toBe("250");
});
