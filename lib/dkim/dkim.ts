/**
 * DKIM (RFC 6376): a domain vouches for a message by a signature in its header.
 *
 * @module
 */
import { toBase64 } from "../bytes/base64.ts";
import { type Sha256Maker, sha256Maker } from "../bytes/sha256.ts";
import { InputError } from "../errors.ts";
import type { Content } from "../mime/content.ts";
import type { Signer } from "../mime/signer.ts";
import { namesToSign } from "./field_names.ts";
import { canonicalField, type Fields, textOctets } from "./header.ts";
import { type DkimCryptoKey, signingAlgorithm } from "./key.ts";
import { type DkimSignature, readSignature, type SignatureOptions } from "./options.ts";
import { type ReadMessage, readMessage } from "./reading.ts";
import { signedField, unsignedField } from "./signature_field.ts";

/**
 * Makes a signer for messages by DKIM (RFC 6376, 8301, 8463): with one signature, or with several, such as an RSA and an
 * Ed25519 one, from one pass over each message. A message of any size is read in constant memory. Options are checked at
 * once; a key is handed to the platform when the first message is signed, and kept.
 *
 * Each signature covers all of the body (there is never an `l=`) and says when it was made (`t=`). International domains
 * are written with A-labels (RFC 8616).
 *
 * Signing refuses, by an {@link InputError} and before anything is sent, a key that is damaged, a message without exactly one
 * `From` field, one whose header is malformed, one that has a CR or LF alone, and `binary` content.
 *
 * @param signatures in the order in which their fields are to stand; no two with the same domain and selector
 * @throws {InputError} for an unknown or missing option, or one that cannot be; a key never shows in it
 *
 * @example
 * ```ts
 * import { compose, dkim } from "@posthaste/smtp";
 *
 * async function signed(rsaPem: string): Promise<string> {
 *   const signer = dkim({ domain: "example.com", selector: "2026a", key: rsaPem });
 *   const { content } = compose({ from: "ada@example.com", to: "bob@example.net", text: "Hi Bob" });
 *   return await signer.sign(content);
 * }
 * ```
 */
export function dkim(signatures: DkimSignature | readonly DkimSignature[]): Signer {
  const read = Array.isArray(signatures)
    ? signatures.map((signature: unknown, i) => readSignature(signature, `dkim[${i}]`))
    : [readSignature(signatures, "dkim")];
  if (read.length === 0) throw new InputError("dkim", "needs at least one signature");
  const names = new Set<string>();
  for (const { domain, selector } of read) {
    const name = `${selector}._domainkey.${domain}`;
    if (names.has(name)) throw new InputError("dkim", `two signatures have the same selector and domain, ${name}`);
    names.add(name);
  }
  return new DkimSigner(read);
}

/** A signature with what is kept for it. */
interface KeptSignature {
  readonly options: SignatureOptions;
  key: Promise<DkimCryptoKey> | undefined;
}

class DkimSigner implements Signer {
  readonly #signatures: readonly KeptSignature[];

  constructor(signatures: readonly SignatureOptions[]) {
    this.#signatures = signatures.map((options) => ({ options, key: undefined }));
  }

  async sign(content: Content): Promise<string> {
    // A key that cannot be used is found out about before a large message is read.
    const keys = await Promise.all(
      this.#signatures.map((signature) => signature.key ??= signature.options.key.load({ extractable: false })),
    );
    const sha256 = await sha256Maker();
    const forms = new Set(this.#signatures.map(({ options }) => options.bodyForm));
    const message = await readMessage(content, { forms, sha256 });
    const senders = message.fields.get("from")?.length ?? 0;
    if (senders !== 1) {
      throw new InputError("content", `has ${senders} From fields; DKIM signs exactly one (RFC 6376 section 5.4)`);
    }
    const time = Math.floor(Date.now() / 1000);
    const fields = await Promise.all(
      this.#signatures.map(({ options }, i) => makeField(options, { message, key: keys[i], sha256, time })),
    );
    return fields.join("");
  }
}

async function makeField(
  options: SignatureOptions,
  about: {
    readonly message: ReadMessage;
    readonly key: DkimCryptoKey;
    readonly sha256: Sha256Maker;
    readonly time: number;
  },
): Promise<string> {
  const { headerForm, bodyForm, expiresIn } = options;
  const { message, time } = about;
  const names = namesToSign(options, message.fields);
  const unsigned = unsignedField({
    ...options,
    algorithm: `${options.key.algorithm}-sha256`,
    canonicalization: `${headerForm}/${bodyForm}`,
    time,
    expires: expiresIn === undefined ? undefined : time + expiresIn,
    names,
    bodyHash: message.bodyHashes.get(bodyForm)!,
  });
  const octets = signedOctets(unsigned, { names, fields: message.fields, form: headerForm });
  return signedField(unsigned, await signOctets(octets, { ...about, algorithm: options.key.algorithm }));
}

/**
 * The octets that are signed (RFC 6376 section 3.7): the named fields in their order, of several of one name the last
 * first, nothing for one that is not there; then the signature itself, with nothing in `b=` and no line end.
 */
export function signedOctets(
  unsigned: string,
  about: { readonly names: readonly string[]; readonly fields: Fields; readonly form: SignatureOptions["headerForm"] },
): Uint8Array<ArrayBuffer> {
  const taken = new Map<string, number>();
  let text = "";
  for (const name of about.names) {
    const key = name.toLowerCase();
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    const field = about.fields.get(key)?.at(-count);
    if (field !== undefined) text += canonicalField(field, about.form);
  }
  return textOctets(text + canonicalField(unsigned, about.form));
}

/** Signs, which for Ed25519 is done to the digest (RFC 8463 section 3), and writes the signature in base64. */
export async function signOctets(
  octets: Uint8Array<ArrayBuffer>,
  about: {
    readonly algorithm: SignatureOptions["key"]["algorithm"];
    readonly key: DkimCryptoKey;
    readonly sha256: Sha256Maker;
  },
): Promise<string> {
  let data = octets;
  if (about.algorithm === "ed25519") {
    const hash = about.sha256();
    hash.update(octets);
    data = Uint8Array.from(hash.digest());
  }
  const signature = await crypto.subtle.sign(signingAlgorithm(about.algorithm), about.key as CryptoKey, data);
  return toBase64(new Uint8Array(signature));
}
