/** The published vectors: RFC 5322 appendix A, international addresses. */
import { expect, test } from "vitest";
import eai from "../../vectors/eai.json" with { type: "json" };
import rfc5322 from "../../vectors/rfc5322-addresses.json" with { type: "json" };
import { parseAddress, parseAddressList, parseMailboxList } from "../../../lib/address/mailbox.ts";
import { toAsciiDomain } from "../../../lib/address/domain.ts";
import { InputError } from "../../../lib/errors.ts";

test.each(rfc5322.cases)("parseMailboxList reads $rfc: $field", ({ field, mailboxes }) => {
  const unfolded = field.replaceAll(/\r\n(?=[ \t])/g, "");
  const read = parseMailboxList(unfolded, "to").map(({ name, address }) => ({ name: name ?? "", address }));
  expect(read).toEqual(mailboxes);
});

test.each(rfc5322.cases)("parseAddressList keeps the group of $rfc: $field", ({ field, mailboxes, group }) => {
  const list = parseAddressList(field.replaceAll(/\r\n(?=[ \t])/g, ""), "to");
  if (group === undefined) expect(list.some((one) => "members" in one)).toBe(false);
  else expect(list).toMatchObject([{ group, members: mailboxes.map(({ address }) => ({ address })) }]);
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
