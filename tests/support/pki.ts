/**
 * The certificates of the tests, made anew in each run: a root, an intermediate, and a leaf for each rule.
 *
 * @module
 */
import { type CertificateSpec, issue, type Issued } from "./tls_x509.ts";

/** What a server (or client) presents. */
export interface Identity {
  /** PEM, leaf first. */
  readonly certificate: string;
  /** PEM, PKCS#8, not encrypted. */
  readonly key: string;
  /** Of the leaf's key. */
  readonly pin: string;
}

const DAY = 86_400_000;
const LOOPBACK = [[127, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]];
const HOST = { dns: ["localhost", "mail.example.test"], ip: LOOPBACK };

/** The leaves, by what is special about them. */
const LEAVES = {
  good: { names: HOST },
  expired: { names: HOST, notBefore: new Date(Date.now() - 9 * DAY), notAfter: new Date(Date.now() - 2 * DAY) },
  notYetValid: { names: HOST, notBefore: new Date(Date.now() + 2 * DAY) },
  wrongHost: { names: { dns: ["other.example.test"] } },
  ipOnly: { names: { ip: LOOPBACK } },
  ipAsDns: { names: { dns: ["127.0.0.1"] } },
  wildcard: { names: { dns: ["*.example.test"] } },
  wildcardSuffix: { names: { dns: ["*.test"] } },
  partialWildcard: { names: { dns: ["m*l.example.test", "l*.example.test"] } },
  commonNameOnly: { name: "localhost" },
  otherTypes: {
    names: { uri: ["smtp://mail.example.test/submit"], email: ["postmaster@mail.example.test"], ip: LOOPBACK },
  },
  clientUse: { names: HOST, use: "client" },
} satisfies Record<string, Partial<CertificateSpec>>;

/** Which certificate a test server shows. */
export type IdentityName = keyof typeof LEAVES | "unknownAuthority" | "selfSigned" | "withoutIntermediate";

/** Everything made. */
export interface Pki {
  /** PEM of the root that is to be trusted. */
  readonly root: string;
  /** PEM of the authority that issued the servers' certificates, and is issued by the root. */
  readonly intermediate: string;
  /** PEM of another root. */
  readonly otherRoot: string;
  readonly pins: {
    readonly root: string;
    readonly intermediate: string;
    readonly leaf: string;
    readonly other: string;
  };
  readonly servers: Readonly<Record<IdentityName, Identity>>;
  readonly client: Identity;
}

/** Makes the certificates. */
export async function makePki(): Promise<Pki> {
  const [root, otherRoot] = await Promise.all([
    issue({ name: "Test Root", use: "ca" }),
    issue({ name: "Other Root", use: "ca" }),
  ]);
  const intermediate = await issue({ name: "Test Intermediate", use: "ca", issuer: root });
  const leaf = async (spec: Partial<CertificateSpec>): Promise<Identity> => {
    return chain(await issue({ name: "leaf", issuer: intermediate, ...spec }), intermediate);
  };
  const names = Object.keys(LEAVES) as (keyof typeof LEAVES)[];
  const leaves = await Promise.all(names.map(async (name) => [name, await leaf(LEAVES[name])] as const));
  const servers = Object.fromEntries(leaves) as Record<keyof typeof LEAVES, Identity>;
  const selfSigned = await issue({ name: "self-signed", names: HOST });
  const withoutIntermediate = await issue({ name: "leaf", names: HOST, issuer: intermediate });
  return {
    root: root.certificate,
    intermediate: intermediate.certificate,
    otherRoot: otherRoot.certificate,
    pins: { root: root.pin, intermediate: intermediate.pin, leaf: servers.good.pin, other: otherRoot.pin },
    servers: {
      ...servers,
      unknownAuthority: chain(await issue({ name: "leaf", names: HOST, issuer: otherRoot }), otherRoot),
      selfSigned: chain(selfSigned),
      withoutIntermediate: chain(withoutIntermediate),
    },
    client: await leaf({ name: "alice", use: "client", names: { email: ["alice@example.test"] } }),
  };
}

function chain(leaf: Issued, ...issuers: readonly Issued[]): Identity {
  const certificate = [leaf, ...issuers].map(({ certificate }) => certificate).join("");
  return { certificate, key: leaf.key, pin: leaf.pin };
}
