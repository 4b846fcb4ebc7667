/**
 * Every TLS option against a server that shows what it does: one verdict for all runtimes, unless a runtime cannot
 * honour an option; then its error names the option.
 *
 * @module
 */
import type { TlsSettings } from "../../lib/tls_settings.ts";
import type { IdentityName, Pki } from "../support/pki.ts";
import type { ServerSpec } from "../support/tls_peer.ts";

/** What the cases are made of. */
export interface Material extends Pki {
  /** Key of `client`, encrypted with the pass phrase `sesame`. */
  readonly encryptedKey: string;
}

/** One line of the table. */
export interface TlsCase {
  readonly option: string;
  readonly name: string;
  /** Default `good`. */
  readonly identity?: IdentityName;
  readonly server?: (material: Material) => Partial<ServerSpec>;
  /** Default `localhost`. */
  readonly host?: string;
  /** Default: the test root as the only trust anchor; what is given is added to that. */
  readonly settings?: (material: Material) => TlsSettings;
  /** As `verdict` says it; by runtime where one cannot do it. */
  readonly expect: string | { readonly node: string; readonly deno: string; readonly bun: string };
}

const UNTRUSTED = "TLS_FAILED untrusted";
const NAME = "TLS_FAILED name_mismatch";
const ok = "ok";

function mutual({ root }: Material): Partial<ServerSpec> {
  return { requestCert: true, ca: root };
}

/** The first of several certificates in PEM. */
function firstOf(pem: string): string {
  return /^-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(pem)![0];
}

/** The table. */
export const TLS_CASES: readonly TlsCase[] = [
  // trust
  { option: "ca_certificate", name: "a chain to the given authority", expect: ok },
  { option: "ca_certificate", name: "another authority's chain", identity: "unknownAuthority", expect: UNTRUSTED },
  {
    option: "ca_certificate",
    name: "several authorities in one text",
    identity: "unknownAuthority",
    settings: ({ root, otherRoot }) => ({ caCertificate: `prose\n${root}\n${otherRoot}` }),
    expect: ok,
  },
  {
    option: "ca_certificate",
    name: "the intermediate authority alone",
    settings: ({ intermediate }) => ({ caCertificate: intermediate }),
    expect: ok,
  },
  {
    option: "ca_certificate",
    name: "an intermediate authority alone, another's chain",
    identity: "unknownAuthority",
    settings: ({ intermediate }) => ({ caCertificate: intermediate }),
    expect: UNTRUSTED,
  },
  {
    option: "ca_certificate",
    name: "the server's own certificate, issued by an authority",
    settings: ({ servers }) => ({ caCertificate: firstOf(servers.good.certificate) }),
    expect: { node: ok, bun: ok, deno: "RUNTIME_UNSUPPORTED ca_certificate" },
  },
  {
    option: "ca_certificate",
    name: "the server's own certificate, expired",
    identity: "expired",
    settings: ({ servers }) => ({ caCertificate: firstOf(servers.expired.certificate) }),
    expect: "TLS_FAILED expired",
  },
  {
    option: "ca_certificate",
    name: "the server's own certificate, for another host",
    identity: "wrongHost",
    settings: ({ servers }) => ({ caCertificate: firstOf(servers.wrongHost.certificate) }),
    expect: { node: NAME, bun: NAME, deno: "RUNTIME_UNSUPPORTED ca_certificate" },
  },
  {
    option: "ca_certificate",
    name: "the server's own certificate, self-signed",
    identity: "selfSigned",
    settings: ({ servers }) => ({ caCertificate: servers.selfSigned.certificate }),
    expect: ok,
  },
  {
    option: "ca_certificate",
    name: "another certificate of the same authority",
    settings: ({ servers }) => ({ caCertificate: firstOf(servers.wildcard.certificate) }),
    expect: UNTRUSTED,
  },
  {
    option: "ca_certificate",
    name: "no authority given: the platform's",
    settings: () => ({ caCertificate: undefined! }),
    expect: UNTRUSTED,
  },
  {
    option: "ca_certificate",
    name: "no certificate in it",
    settings: () => ({ caCertificate: "" }),
    expect: "CONFIG_FILE ca_certificate",
  },
  {
    option: "ca_certificate",
    name: "a certificate cut short",
    settings: ({ root }) => ({ caCertificate: root.replace(/\n.{64}\n/, "\n") }),
    expect: "CONFIG_FILE ca_certificate",
  },
  { option: "verify_server", name: "chain without intermediate", identity: "withoutIntermediate", expect: UNTRUSTED },
  { option: "verify_server", name: "self-signed", identity: "selfSigned", expect: UNTRUSTED },
  { option: "verify_server", name: "expired", identity: "expired", expect: "TLS_FAILED expired" },
  { option: "verify_server", name: "not yet valid", identity: "notYetValid", expect: "TLS_FAILED not_yet_valid" },
  { option: "verify_server", name: "a client's certificate", identity: "clientUse", expect: UNTRUSTED },
  {
    option: "verify_server",
    name: "off: self-signed",
    identity: "selfSigned",
    settings: () => ({ verifyServer: false }),
    expect: ok,
  },
  {
    option: "verify_server",
    name: "off: the name is not checked either",
    identity: "wrongHost",
    settings: () => ({ verifyServer: false, verifyServerName: true }),
    expect: ok,
  },
  // names
  { option: "verify_server_name", name: "another host's", identity: "wrongHost", expect: NAME },
  { option: "verify_server_name", name: "common name only", identity: "commonNameOnly", expect: NAME },
  { option: "verify_server_name", name: "partial wildcard", identity: "partialWildcard", expect: NAME },
  { option: "verify_server_name", name: "IP address", host: "127.0.0.1", identity: "ipOnly", expect: ok },
  {
    option: "verify_server_name",
    name: "IP address as a DNS name",
    host: "127.0.0.1",
    identity: "ipAsDns",
    expect: NAME,
  },
  {
    option: "verify_server_name",
    name: "off: another host's",
    identity: "wrongHost",
    settings: () => ({ verifyServerName: false }),
    expect: ok,
  },
  {
    option: "verify_server_name",
    name: "off: the chain still is verified",
    identity: "unknownAuthority",
    settings: () => ({ verifyServerName: false }),
    expect: UNTRUSTED,
  },
  ...names("DNS:other.example.test", "wrongHost", ok),
  ...names("DNS:*.example.test", "wrongHost", ok),
  ...names("DNS:*.test", "wrongHost", NAME),
  ...names("DNS:mail.example.test", "wildcard", ok),
  ...names("DNS:mail.example.test", "wildcardSuffix", NAME),
  ...names("DNS:mail.example.test", "partialWildcard", NAME),
  ...names("DNS:localhost", "commonNameOnly", NAME),
  ...names("IP:0:0:0:0:0:0:0:1", "otherTypes", ok),
  ...names("IP:127.0.0.2", "otherTypes", NAME),
  ...names("IP:127.0.0.1", "ipAsDns", NAME),
  ...names("URI:SMTP://mail.example.test/submit", "otherTypes", ok),
  ...names("URI:smtp://mail.example.test/", "otherTypes", NAME),
  ...names("Email:postmaster@MAIL.example.test", "otherTypes", ok),
  ...names("Email:root@mail.example.test", "otherTypes", NAME),
  ...names("DNS:mail.example.test", "otherTypes", NAME),
  {
    option: "verify_server_name",
    name: "list: any one is enough",
    settings: () => ({
      verifyServerName: [{ type: "URI", name: "a:b" }, { type: "DNS", name: "x.test" }, { type: "IP", name: "::1" }],
    }),
    expect: ok,
  },
  {
    option: "verify_server_name",
    name: "list: empty",
    settings: () => ({ verifyServerName: [] }),
    expect: "CONFIG_VALUE verify_server_name",
  },
  // client certificate
  { option: "client_certificate", name: "wanted, none given", server: mutual, expect: "TLS_FAILED client_certificate" },
  {
    option: "client_certificate",
    name: "wanted and given",
    server: mutual,
    settings: ({ client }) => ({ clientCertificate: client.certificate, clientKey: client.key }),
    expect: ok,
  },
  {
    option: "client_certificate",
    name: "key in the same text",
    server: mutual,
    settings: ({ client }) => ({ clientCertificate: client.key + client.certificate }),
    expect: ok,
  },
  {
    option: "client_key",
    name: "missing",
    settings: ({ client }) => ({ clientCertificate: client.certificate }),
    expect: "CONFIG_FILE client_key",
  },
  {
    option: "client_key",
    name: "another certificate's",
    settings: ({ client, servers }) => ({ clientCertificate: client.certificate, clientKey: servers.good.key }),
    expect: "CONFIG_FILE client_key",
  },
  {
    option: "client_key",
    name: "cannot be read",
    settings: ({ client }) => ({
      clientCertificate: client.certificate,
      clientKey: client.key.replace(/\n.{64}\n/, "\n"),
    }),
    expect: "CONFIG_FILE client_key",
  },
  {
    option: "client_key",
    name: "without a certificate",
    settings: ({ client }) => ({ clientKey: client.key }),
    expect: "CONFIG_VALUE client_key",
  },
  {
    option: "client_certificate",
    name: "cannot be read",
    settings: ({ client }) => ({ clientCertificate: "junk", clientKey: client.key }),
    expect: "CONFIG_FILE client_certificate",
  },
  {
    option: "client_key_password",
    name: "right",
    server: mutual,
    settings: (material) => encrypted(material, "sesame"),
    expect: ok,
  },
  {
    option: "client_key_password",
    name: "wrong",
    settings: (material) => encrypted(material, "open"),
    expect: "CONFIG_VALUE client_key_password",
  },
  {
    option: "client_key_password",
    name: "missing",
    settings: ({ client, encryptedKey }) => ({ clientCertificate: client.certificate, clientKey: encryptedKey }),
    expect: "CONFIG_VALUE client_key",
  },
];

function encrypted({ client, encryptedKey }: Material, password: string): TlsSettings {
  return { clientCertificate: client.certificate, clientKey: encryptedKey, clientKeyPassword: password };
}

/** A list of one name, `Type:Name`. */
function names(name: string, identity: IdentityName, expect: string): TlsCase[] {
  const colon = name.indexOf(":");
  const wanted = { type: name.slice(0, colon) as "DNS", name: name.slice(colon + 1) };
  const settings = (): TlsSettings => ({ verifyServerName: [wanted] });
  return [{ option: "verify_server_name", name: `list: ${name}, certificate ${identity}`, identity, settings, expect }];
}
