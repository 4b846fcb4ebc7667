/** Addresses, domains and identifiers. @module */
import { toAsciiDomain } from "../../../lib/address/domain.ts";
import { parseAddressList, parseMailbox, parseMailboxList } from "../../../lib/address/mailbox.ts";
import { parseAddress } from "../../../lib/address/path.ts";
import { decodePunycode } from "../../../lib/address/punycode.ts";
import { parseIp } from "../../../lib/bytes/ip_address.ts";
import { readMessageIds } from "../../../lib/mime/message_id.ts";
import { threadOf } from "../../../lib/mime/thread.ts";
import { matchesHost, sniName } from "../../../lib/runtime/server_identity.ts";
import { parseAddressItems } from "../../../lib/uniface/address_items.ts";
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

/** Parsers of addresses. */
export const ADDRESSES: readonly Target[] = [
  {
    name: "mailbox",
    promise: "any text is one mailbox, whose address is read again as itself, or an InputError",
    words: WORDS,
    seeds: ["Ada <ada@example.com>", '"a, b" <c@d.example>', "a@good(x)evil", "<a@b>c@d"],
    run(input) {
      const mailbox = attempt(() => parseMailbox(textOf(input)));
      if (mailbox !== undefined) requireAddress(mailbox);
    },
  },
  {
    name: "address_list",
    promise:
      "any text is a list of mailboxes and groups, each of whose addresses is read again as itself, or an InputError",
    words: WORDS,
    seeds: ["a@b.example, Team: c@d.example, e@f.example;, g@h.example", "(((((a)))))b@c.example"],
    run(input) {
      const text = textOf(input);
      const list = attempt(() => parseAddressList(text)) ?? [];
      for (const one of list) for (const each of "members" in one ? one.members : [one]) requireAddress(each);
      const mailboxes = attempt(() => parseMailboxList(text));
      if (list.length > 0 && !list.some((one) => "members" in one)) {
        require(mailboxes?.length === list.length, () => "two lists of the same text");
      }
    },
  },
  {
    name: "address_items",
    promise: "any text in the original system's form is a list of addresses, or an InputError",
    words: WORDS,
    seeds: ["a@b.example;c@d.example", "Team: a@b.example;;x@y.example"],
    run(input) {
      for (const one of attempt(() => parseAddressItems(textOf(input), "to")) ?? []) {
        for (const each of "members" in one ? one.members : [one]) requireAddress(each);
      }
    },
  },
  {
    name: "domain",
    promise: "any text becomes a domain name in ASCII that becomes itself again, or an InputError",
    words: WORDS,
    seeds: ["example.com", "bücher.example", "xn--bcher-kva.example", "a.b.c", "ＥＸＡＭＰＬＥ.com", "faß.de"],
    run(input) {
      const domain = attempt(() => toAsciiDomain(textOf(input), "domain"));
      if (domain === undefined) return;
      require(/^[a-z0-9._-]{1,253}$/.test(domain), () => `no domain: ${JSON.stringify(domain)}`);
      require(toAsciiDomain(domain, "domain") === domain, () => `${domain} becomes another domain`);
    },
  },
  {
    name: "punycode",
    promise: "any label of ASCII decodes to a text of UTF-16 that is well-formed, or to nothing",
    words: ["bcher-kva", "-", "a", "9", "nxasmq6b", "zzzzzzzz"],
    seeds: ["bcher-kva", "nxasmq6b", "ls8h", "99999999"],
    run(input) {
      const encoded = textOf(input);
      if (!/^[!-~]{0,63}$/.test(encoded)) return;
      const text = decodePunycode(encoded);
      require(text === undefined || text.isWellFormed(), () => `no text: ${JSON.stringify(text)}`);
    },
  },
  {
    name: "ip_address",
    promise: "any text is 4 or 16 octets that URL's own parser reads alike, or no IP address",
    words: ["::", ":", ".", "1", "255", "256", "ffff", "0", "127.0.0.1", "::ffff:", "%eth0"],
    seeds: ["127.0.0.1", "::1", "2001:db8::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::"],
    run(input) {
      const text = textOf(input);
      const octets = parseIp(text);
      if (octets === undefined) return;
      require(octets.length === 4 || octets.length === 16, () => `${octets.length} octets`);
      require(URL.canParse(octets.length === 4 ? `http://${text}/` : `http://[${text}]/`), () => `no address: ${text}`);
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
