/** Addresses, domains and identifiers. @module */
import { isIP } from "node:net";
import { domainToUnicode } from "node:url";
import { addressParser } from "postal-mime";
import { toAsciiDomain } from "../../../lib/address/domain.ts";
import {
  type Group,
  type Mailbox,
  parseAddressList,
  parseMailbox,
  parseMailboxList,
} from "../../../lib/address/mailbox.ts";
import { parseAddress } from "../../../lib/address/path.ts";
import { decodePunycode } from "../../../lib/address/punycode.ts";
import { parseIp } from "../../../lib/bytes/ip_address.ts";
import { addressField } from "../../../lib/mime/address_field.ts";
import { looksEncoded } from "../../../lib/mime/encoded_word.ts";
import { readMessageIds } from "../../../lib/mime/message_id.ts";
import { threadOf } from "../../../lib/mime/thread.ts";
import { matchesHost, sniName } from "../../../lib/runtime/server_identity.ts";
import { parseAddressItems } from "../../../lib/uniface/address_items.ts";
import { ADDRESS_ITEMS, ADDRESS_LIST, DOMAIN, MAILBOX } from "../grammars.ts";
import { attempt, require, type Target, textOf } from "../target.ts";

const WORDS = [
  ...[
    '"',
    "(",
    ")",
    "<",
    ">",
    "@",
    ",",
    ";",
    ":",
    "\\",
    "[",
    "]",
    ".",
    " ",
    "\t",
    "\r\n ",
    "()",
    "<>",
    "\\\\",
    '""',
    "@@",
  ],
  ...["ada", "example.com", "bob@example.net", '"a b"@c.example', "[127.0.0.1]", "[IPv6:::1]", "xn--", "xn--nxasmq6b"],
  ...[
    "=?utf-8?q?a?=",
    "=?",
    "?=",
    "日本",
    "ß",
    "\u00ad",
    "\u200b",
    "．",
    "＠",
    "@a,@b:c@d",
    "Team: a@b.example;",
    "a@b",
  ],
];

/** What was found is an address that means the same when it is read again, and nothing of it could end a command. */
function requireAddress({ address }: { readonly address: string }): void {
  // deno-lint-ignore no-control-regex
  require(!/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(address), () => `a control character in ${JSON.stringify(address)}`);
  require(address.isWellFormed(), () => `no UTF-8: ${JSON.stringify(address)}`);
  const again = attempt(() => parseAddress(address, "again"));
  require(again?.address === address, () => `${JSON.stringify(address)} is read again as ${JSON.stringify(again)}`);
}

/** A list as it is written in a field is read again as itself, and by another parser as the same addresses. */
function requireField(list: readonly (Mailbox | Group)[]): void {
  if (list.length === 0) return;
  const field = addressField("To", list).slice("To: ".length).replaceAll("\r\n", "");
  const mailboxes = list.flatMap((one) => "members" in one ? one.members : [one]);
  const names = list.flatMap((one) =>
    "members" in one ? [one.group, ...one.members.map(({ name }) => name)] : [one.name]
  );
  // What is written as encoded words is for others to read.
  const isPlain = names.every((name) => name === undefined || (/^[ -~]*$/.test(name) && !looksEncoded(name)));
  if (isPlain && !field.includes("=?")) {
    const again = attempt(() => parseAddressList(field));
    // A name that is empty is none.
    const shown = (all: typeof again) => JSON.stringify(all).replaceAll('"name":"",', "");
    require(
      again !== undefined && shown(again) === shown(list),
      () => `${JSON.stringify(field)} is read again as something else`,
    );
  }
  // It takes neither local parts that are quoted nor address literals in all the forms of RFC 5322.
  if (mailboxes.some(({ address }) => /["[]/.test(address))) return;
  const others = addressParser(field, { flatten: true }).map((one) => one.address ?? "");
  const expected = mailboxes.map(({ address }) => address);
  require(others.join() === expected.join(), () => `another parser reads ${others.join()} in ${JSON.stringify(field)}`);
}

/** Parsers of addresses. */
export const ADDRESSES: readonly Target[] = [
  {
    name: "mailbox",
    grammar: MAILBOX,
    promise:
      "any text is one mailbox, which is read again as itself and by another parser as the same address, or an InputError",
    words: WORDS,
    seeds: ["Ada <ada@example.com>", '"a, b" <c@d.example>', "a@good(x)evil", "<a@b>c@d"],
    run(input) {
      const mailbox = attempt(() => parseMailbox(textOf(input)));
      if (mailbox === undefined) return;
      requireAddress(mailbox);
      requireField([mailbox]);
    },
  },
  {
    name: "address_list",
    grammar: ADDRESS_LIST,
    promise:
      "any text is a list of mailboxes and groups that is read again as itself and by another parser as the same addresses, or an InputError",
    words: WORDS,
    seeds: ["a@b.example, Team: c@d.example, e@f.example;, g@h.example", "(((((a)))))b@c.example"],
    run(input) {
      const text = textOf(input);
      const list = attempt(() => parseAddressList(text)) ?? [];
      for (const one of list) for (const each of "members" in one ? one.members : [one]) requireAddress(each);
      requireField(list);
      const mailboxes = attempt(() => parseMailboxList(text));
      if (list.length > 0 && !list.some((one) => "members" in one)) {
        require(mailboxes?.length === list.length, () => "two lists of the same text");
      }
    },
  },
  {
    name: "address_items",
    grammar: ADDRESS_ITEMS,
    promise: "any text in the original system's form is a list of addresses, or an InputError",
    words: WORDS,
    seeds: ["a@b.example;c@d.example", "Team: a@b.example;;x@y.example"],
    run(input) {
      const list = attempt(() => parseAddressItems(textOf(input), "to")) ?? [];
      for (const one of list) for (const each of "members" in one ? one.members : [one]) requireAddress(each);
      requireField(list);
    },
  },
  {
    name: "domain",
    grammar: DOMAIN,
    promise: "any text becomes a domain name in ASCII that becomes itself again, or an InputError",
    words: WORDS,
    seeds: ["example.com", "bücher.example", "xn--bcher-kva.example", "a.b.c", "ＥＸＡＭＰＬＥ.com", "faß.de"],
    run(input) {
      const domain = attempt(() => toAsciiDomain(textOf(input), "domain"));
      if (domain === undefined) return;
      require(/^[a-z0-9._-]{1,253}$/.test(domain), () => `no domain: ${JSON.stringify(domain)}`);
      require(toAsciiDomain(domain, "domain") === domain, () => `${domain} becomes another domain`);
      // The platform takes what ends in a number for an IPv4 address.
      if (/(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(domain)) return;
      const shown = domainToUnicode(domain);
      require(
        toAsciiDomain(shown, "domain") === domain,
        () => `${domain} is shown as ${shown}, which is another domain`,
      );
    },
  },
  {
    name: "punycode",
    promise:
      "any label of ASCII decodes to well-formed text, the same as the platform's own decoder gives, or to nothing",
    words: ["bcher-kva", "-", "a", "9", "nxasmq6b", "zzzzzzzz"],
    seeds: ["bcher-kva", "nxasmq6b", "ls8h", "99999999"],
    run(input) {
      const encoded = textOf(input);
      if (!/^[!-~]{0,63}$/.test(encoded)) return;
      const text = decodePunycode(encoded);
      require(text === undefined || text.isWellFormed(), () => `no text: ${JSON.stringify(text)}`);
      const other = domainToUnicode(`xn--${encoded}`);
      if (
        other === "" || encoded === "" || other.includes("\ufffd") || encoded !== encoded.toLowerCase() ||
        /[.%:@/?#\\[\]^|<>]/.test(encoded) ||
        other.startsWith("xn--")
      ) return;
      require(text === other, () => `${JSON.stringify(text)} instead of ${JSON.stringify(other)}`);
    },
  },
  {
    name: "ip_address",
    promise: "any text is the 4 or 16 octets that URL's parser reads, or no IP address, as the platform says too",
    words: ["::", ":", ".", "1", "255", "256", "ffff", "0", "127.0.0.1", "::ffff:", "%eth0"],
    seeds: ["127.0.0.1", "::1", "2001:db8::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::"],
    run(input) {
      const text = textOf(input);
      const octets = parseIp(text);
      const family = text.includes("%") ? 0 : isIP(text);
      require(
        (octets?.length ?? 0) === [0, 4, 0, 0, 4, 0, 16][family],
        () => `${JSON.stringify(text)} is of family ${family}`,
      );
      if (octets === undefined) return;
      require(octets.length === 4 || octets.length === 16, () => `${octets.length} octets`);
      const { hostname } = new URL(octets.length === 4 ? `http://${text}/` : `http://[${text}]/`);
      const other = parseIp(hostname.replace(/^\[|\]$/g, ""));
      require(String(other) === String(octets), () => `${text} is ${hostname} for URL`);
    },
  },
  {
    name: "message_ids",
    promise:
      "any text is message identifiers on lines that a field can hold, or an InputError; so is what a stranger says of a thread",
    words: ["<", ">", "@", " ", "\r\n", "a", "a@b", "<a@b>", '"', "(", ")", "[", "]", ".", "\t"],
    seeds: ["<a@b> <c@d>", "a@b", "<a@b>\r\n <c@d>", "Your message of (x) <a@b>"],
    run(input) {
      const text = textOf(input);
      const ids = attempt(() => readMessageIds(text, "references"));
      require(ids === undefined || /^[!-~]+(?: [!-~]+)*$/.test(ids), () => `no identifiers: ${JSON.stringify(ids)}`);
      const thread = attempt(() => threadOf({ messageId: "<x@y>", references: text, inReplyTo: text, subject: text }));
      for (const id of thread?.references ?? []) {
        require(/^<[^<>\s]+>$/.test(id), () => `no identifier: ${JSON.stringify(id)}`);
        attempt(() => readMessageIds(id, "references"));
      }
      attempt(() => threadOf({ messageId: text }));
    },
  },
  {
    name: "server_identity",
    promise: "whatever names a certificate has: they fit a host or they do not, and only by a whole label",
    words: ["*", ".", "example", "com", "www", "xn--", "\0", "127.0.0.1", "*.", "A"],
    seeds: ["*.example.com", "www.example.com", "*", "*.com", "w*.example.com"],
    run(input) {
      const name = textOf(input);
      const fits = matchesHost({ dns: [name], ip: [], uri: [], email: [] } as never, "www.example.com");
      const expected = ["www.example.com", "*.example.com"].includes(name.toLowerCase().replace(/\.$/, ""));
      require(!fits || expected, () => `${JSON.stringify(name)} is taken for www.example.com`);
      sniName(name);
    },
  },
];
