/**
 * What a proxy is asked, read to the letter of RFC 1928, RFC 1929, SOCKS4a and RFC 9112.
 *
 * @module
 */

/** What a proxy does with the octets that it has got so far. */
export interface ProxyRequest {
  /** What it answers. */
  readonly answer: string | Uint8Array | undefined;
  /** Octets of the whole conversation, when the tunnel stands. */
  readonly size: number | undefined;
  readonly skeleton: readonly string[];
  readonly violations: readonly string[];
}

const NOTHING = { skeleton: [], violations: [] } as const;

/** Reads what a client has written to a proxy so far; `undefined` while that is half of something. */
export function readProxyRequest(kind: "HTTP" | "SOCKS5" | "SOCKS4", octets: Uint8Array): ProxyRequest | undefined {
  return kind === "HTTP" ? readConnect(octets) : kind === "SOCKS5" ? readSocks5(octets) : readSocks4(octets);
}

function readConnect(octets: Uint8Array): ProxyRequest | undefined {
  const text = String.fromCharCode(...octets);
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [request, ...fields] = text.slice(0, end).split("\r\n");
  const violations = /^CONNECT [A-Za-z0-9._\-\[\]:]+:\d+ HTTP\/1\.1$/.test(request!) ? [] : [`no request: ${request}`];
  const names = fields.map((field) => {
    const match = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+): ?([!-~](?:[\t -~]*[!-~])?)?$/.exec(field);
    if (match === null) violations.push(`no field: ${JSON.stringify(field)}`);
    return match?.[1] ?? "";
  });
  return {
    answer: "HTTP/1.1 200 OK\r\n\r\n",
    size: end + 4,
    skeleton: [`CONNECT with ${names.length} fields: ${names.filter((name) => !/^x/i.test(name)).join(" ")}`],
    violations,
  };
}

function readSocks5(octets: Uint8Array): ProxyRequest | undefined {
  const methods = octets[1];
  if (methods === undefined || octets.length < 2 + methods) return undefined;
  const withLogin = octets.subarray(2, 2 + methods).includes(2);
  let at = 2 + methods;
  if (at === octets.length) return { ...NOTHING, answer: Uint8Array.of(5, withLogin ? 2 : 0), size: undefined };
  if (withLogin) {
    const user = octets[at + 1]!;
    const password = octets[at + 2 + user]!;
    if (octets[at] !== 1 || user === 0 || !(password > 0)) return bad("no user and password");
    at += 3 + user + password;
    if (at > octets.length) return bad("a password shorter than its length");
    if (at === octets.length) return { ...NOTHING, answer: Uint8Array.of(1, 0), size: undefined };
  }
  const [version, command, reserved, type] = octets.subarray(at);
  const size = type === 1 ? 4 : type === 4 ? 16 : octets[at + 4]! + 1;
  if (version !== 5 || command !== 1 || reserved !== 0 || octets.length !== at + 4 + size + 2) return bad("no request");
  return {
    answer: Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    size: octets.length,
    skeleton: [`SOCKS5 ${withLogin ? "with" : "without"} a password`],
    violations: [],
  };
}

function readSocks4(octets: Uint8Array): ProxyRequest | undefined {
  const user = octets.indexOf(0, 8);
  if (user < 0) return undefined;
  const isNamed = octets[4] === 0 && octets[5] === 0 && octets[6] === 0;
  const end = isNamed ? octets.indexOf(0, user + 1) : user;
  if (octets[0] !== 4 || octets[1] !== 1 || end !== octets.length - 1) return bad("no request, or more than one");
  return {
    answer: Uint8Array.of(0, 90, 0, 0, 0, 0, 0, 0),
    size: octets.length,
    skeleton: ["SOCKS4"],
    violations: [],
  };
}

function bad(why: string): ProxyRequest {
  return { answer: undefined, size: 0, skeleton: [], violations: [`SOCKS: ${why}`] };
}
