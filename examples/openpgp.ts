/**
 * OpenPGP (RFC 3156) by npm's openpgp: messages that are signed, encrypted, or both.
 *
 *     import { openPgpEncrypted, openPgpSigned } from "./openpgp.ts";
 *
 *     const compose = composer({ transform: openPgpSigned(await readPrivateKey({ armoredKey })) });
 *     await using client = new SmtpClient("smtps://ada:secret@mail.example.com", { compose });
 *
 * @module
 */
import { mimeEntity, multipart, type Transform } from "@posthaste/smtp";
import {
  createMessage,
  encrypt,
  enums,
  type Key,
  type PrivateKey,
  type PublicKey,
  readSignature,
  sign,
  type SignaturePacket,
} from "openpgp";

/** Signs what a message holds: `multipart/signed`, which every reader shows, whether it knows OpenPGP or not. */
export function openPgpSigned(key: PrivateKey): Transform {
  return async (entity) => {
    const message = await createMessage({ binary: entity });
    const armored = await sign({ message, signingKeys: key, detached: true });
    const { packets } = await readSignature({ armoredSignature: armored });
    const hash = enums.read(enums.hash, (packets[0] as SignaturePacket).hashAlgorithm!);
    const signature = mimeEntity("application/pgp-signature; name=signature.asc", armored, {
      filename: "signature.asc",
      description: "OpenPGP digital signature",
    });
    const type = `multipart/signed; micalg=pgp-${hash}; protocol="application/pgp-signature"`;
    return multipart(type, [entity, signature]);
  };
}

/** How messages are encrypted. */
export interface OpenPgpEncryption {
  /** The key of a recipient; without one for every recipient, nothing is sent. */
  keyOf(address: string): Promise<PublicKey | undefined>;
  /** Signs what is encrypted. */
  readonly signingKey?: PrivateKey;
}

/**
 * Encrypts what a message holds to all of its recipients: `multipart/encrypted`. Each of them sees for whom it is, blind
 * copies among them: send such as messages of their own.
 */
export function openPgpEncrypted({ keyOf, signingKey }: OpenPgpEncryption): Transform {
  return async (entity, { envelope }) => {
    const encryptionKeys: Key[] = [];
    for (const { address } of envelope.to) {
      const key = await keyOf(address);
      if (key === undefined) throw new Error(`There is no OpenPGP key for <${address}>`);
      encryptionKeys.push(key);
    }
    const message = await createMessage({ binary: entity });
    const armored = await encrypt({ message, encryptionKeys, ...(signingKey && { signingKeys: signingKey }) });
    return multipart('multipart/encrypted; protocol="application/pgp-encrypted"', [
      mimeEntity("application/pgp-encrypted", "Version: 1\r\n"),
      mimeEntity("application/octet-stream; name=encrypted.asc", armored, {
        disposition: "inline",
        filename: "encrypted.asc",
      }),
    ]);
  };
}
