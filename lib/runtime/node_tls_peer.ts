/**
 * The checks of the server that follow a handshake: its name, its pin, and the suite that was agreed on.
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { TlsSettings } from "../tls_settings.ts";
import { readCertificate } from "./certificate.ts";
import { TlsVerdict } from "./failure.ts";
import { type NodeTlsContext, type NodeTlsModules, unsupported } from "./node_tls_context.ts";
import { matchesAny, matchesHost, namesText } from "./server_identity.ts";
import type { Checked } from "./tls_tickets.ts";

/**
 * Checks the peer of a socket whose handshake has just ended. Where that has resumed a session there is no certificate to
 * look at: what was found when the session began holds, as the session was kept under the same name and settings.
 *
 * @throws {TlsVerdict} the peer is refused by this package
 * @throws {Error} the peer is refused by the platform, with its code
 * @throws {UnsupportedError} `RUNTIME_UNSUPPORTED`: the runtime agreed on a suite that `cipher_list` does not allow
 */
export function checkPeer(
  socket: TLSSocket,
  about: {
    readonly host: string;
    readonly settings: TlsSettings;
    readonly context: NodeTlsContext;
    /** What the session that was resumed stands for. */
    readonly used?: Checked | undefined;
  },
): Checked {
  const { settings, context, used } = about;
  const suite = socket.getCipher().name;
  if (context.allowedCiphers?.includes(suite) === false) {
    const why = `cannot choose among its suites, and the server took ${suite}, which the list does not allow`;
    throw unsupported("cipher_list", why, { name: context.runtime });
  }
  const checkedAt = Date.now();
  if (settings.verifyServer === false) return { checkedAt, validTo: Infinity };
  if (!socket.authorized) throw refusal(socket, context);
  if (used !== undefined) return { checkedAt: used.checkedAt, validTo: used.validTo };
  checkName(socket, about);
  if (settings.pinSha256 !== undefined) checkPin(socket, { pins: settings.pinSha256, crypto: context.modules.crypto });
  return { checkedAt, validTo: Date.parse(socket.getPeerCertificate().valid_to) };
}

/** OpenSSL's words for what is most often wrong, which Node gives as codes alone once the handshake is over. */
const WORDS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "self-signed certificate in certificate chain",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unable to get local issuer certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unable to verify the first certificate",
};

/** The platform's verdict, with a `code` as OpenSSL's. Deno calls a wrong date an unverifiable signature. */
function refusal(socket: TLSSocket, context: NodeTlsContext): Error {
  let code = String(socket.authorizationError);
  const peer = socket.getPeerCertificate();
  const [validFrom, validTo] = [Date.parse(peer.valid_from), Date.parse(peer.valid_to)];
  if (code === "UNABLE_TO_VERIFY_LEAF_SIGNATURE") {
    if (validTo < Date.now()) code = "CERT_HAS_EXPIRED";
    if (validFrom > Date.now()) code = "CERT_NOT_YET_VALID";
  }
  if (code.startsWith("UNABLE") && context.anchors.some(({ certificate }) => certificate.raw.equals(peer.raw))) {
    return unsupported("ca_certificate", "trusts no server's own certificate", { name: context.runtime });
  }
  const words = WORDS[code] ?? code.toLowerCase().replaceAll("_", " ");
  return Object.assign(new Error(words), { code, validFrom, validTo });
}

function checkName(socket: TLSSocket, about: { readonly host: string; readonly settings: TlsSettings }): void {
  const wanted = about.settings.verifyServerName ?? true;
  if (wanted === false) return;
  const raw = socket.getPeerCertificate().raw;
  const { names } = readCertificate(raw);
  if (wanted === true ? matchesHost(names, about.host) : matchesAny(names, wanted)) return;
  const sought = wanted === true ? about.host : wanted.map(({ type, name }) => `${type}:${name}`).join(", ");
  const message = `the server's certificate is for other names (${namesText(names)}) than ${sought}`;
  throw new TlsVerdict("name_mismatch", message);
}

type Crypto = NodeTlsModules["crypto"];

function checkPin(socket: TLSSocket, about: { readonly pins: readonly string[]; readonly crypto: Crypto }): void {
  const { pins, crypto } = about;
  for (const certificate of issuers(socket.getPeerCertificate(true), crypto)) {
    const { publicKey } = readCertificate(certificate.raw);
    if (pins.includes(crypto.createHash("sha256").update(publicKey).digest("base64"))) return;
  }
  throw new TlsVerdict(
    "pin_mismatch",
    "no public key in the server's chain has a pin of the profile option pin_sha256",
  );
}

/**
 * The chain from the server's certificate up. The platform links certificates by their names; a server may send any it
 * likes, so that each link is taken only if its signature holds and the issuer is a certification authority.
 */
function* issuers(peer: DetailedPeerCertificate, { X509Certificate }: Crypto): Generator<X509Certificate> {
  let certificate = new X509Certificate(peer.raw);
  yield certificate;
  let next: DetailedPeerCertificate | undefined = peer.issuerCertificate;
  for (let depth = 0; depth < MAX_CHAIN && next?.raw !== undefined; depth++) {
    const issuer = new X509Certificate(next.raw);
    if (issuer.raw.equals(certificate.raw)) return;
    if (!issuer.ca || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return;
    yield issuer;
    certificate = issuer;
    next = next.issuerCertificate;
  }
}

/** Certificates above the server's; OpenSSL's own bound is 100, real chains have two or three. */
const MAX_CHAIN = 10;
