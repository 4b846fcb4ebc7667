/** The published vectors: isemail, RFC 5322 appendix A, international addresses. */
import { expect, test } from "vitest";
import eai from "../../vectors/eai.json" with { type: "json" };
import isemail from "../../vectors/isemail.json" with { type: "json" };
import rfc5322 from "../../vectors/rfc5322-addresses.json" with { type: "json" };
import { type Mailbox, parseAddress, parseMailbox, parseMailboxList } from "../../../lib/address/mailbox.ts";
import { toAsciiDomain } from "../../../lib/address/domain.ts";
import { InputError } from "../../../lib/errors.ts";

function accepts(parse: () => Mailbox): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return false;
  }
}

/** Tests that a header parser may accept and this one does not, with the reason. */
const REFUSED_IN_TEXT = new Map<number, string>([
  ...[54, 56].map((id) => [id, "words joined by dots with quotes among them would need rewriting"] as const),
  ...[58, 124, 125, 126, 134, 138, 139, 140].map((id) => [id, "control character"] as const),
  [71, "RFC 5321 has :: stand for two groups or more"],
  ...[88, 89, 144, 148, 149, 153].map((id) => [id, "CR and LF: folding is undone before parsing"] as const),
]);

test.each(isemail.tests)("parseAddress takes isemail $id for what it is ($diagnosis)", ({ address, category }) => {
  expect(accepts(() => parseAddress(address, "to"))).toBe(isemail.envelopeMayAccept.includes(category));
});

test.each(isemail.tests)("parseMailbox takes isemail $id for what it is ($diagnosis)", ({ id, address, category }) => {
  const expected = isemail.headerMayAccept.includes(category) && !REFUSED_IN_TEXT.has(id);
  expect(accepts(() => parseMailbox(address, "to"))).toBe(expected);
});

test.each(rfc5322.cases)("parseMailboxList reads $rfc: $field", ({ field, mailboxes }) => {
  const unfolded = field.replaceAll(/\r\n(?=[ \t])/g, "");
  const read = parseMailboxList(unfolded, "to").map(({ name, address }) => ({ name: name ?? "", address }));
  expect(read).toEqual(mailboxes);
});

test.each(eai.addresses)("parseAddress maps the domain of $address alone", (vector) => {
  const mailbox = parseAddress(vector.address, "to");
  expect(mailbox.localPart).toBe(vector.address.split("@")[0]);
  expect(mailbox.domain).toBe(vector.aLabel);
  expect(mailbox.needsSmtpUtf8).toBe(vector.needsSMTPUTF8);
  if (vector.sendableWithout !== null) expect(mailbox.address).toBe(vector.sendableWithout);
  expect(toAsciiDomain(vector.domain, "host")).toBe(vector.aLabel);
});

test.each(eai.idnaTraps)("parseAddress does not fall for $note ($input)", ({ input, expectDomain }) => {
  if (expectDomain === null) expect(() => parseAddress(input, "to")).toThrow(InputError);
  else expect(parseAddress(input, "to").domain).toBe(expectDomain);
});
