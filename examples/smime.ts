/**
 * S/MIME (RFC 8551) by npm's pkijs: messages that are signed or encrypted with X.509 certificates.
 *
 *     import { smimeEncrypted, smimeSigned } from "./smime.ts";
 *
 *     const compose = composer({ transform: smimeSigned({ certificate, key }) });
 *     await using client = new SmtpClient("smtps://ada:secret@mail.example.com", { compose });
 *
 * @module
 */
import { mimeEntity, multipart, type Transform } from "@posthaste/smtp";
import { ObjectIdentifier, OctetString, UTCTime } from "asn1js";
import {
  Attribute,
  type Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  EnvelopedData,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from "pkijs";

/** Who signs. */
export interface SmimeSigner {
  readonly certificate: Certificate;
  /** Those between the signer's certificate and a root that recipients know. */
  readonly chain?: readonly Certificate[];
  /** For SHA-256, with the usage `sign`. */
  readonly key: CryptoKey;
}

// RFC 5652 section 11 names the attributes.
const DATA = "1.2.840.113549.1.7.1";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_TIME = "1.2.840.113549.1.9.5";

/** Signs what a message holds: `multipart/signed`, which every reader shows, whether it knows S/MIME or not. */
export function smimeSigned({ certificate, chain = [], key }: SmimeSigner): Transform {
  return async (entity) => {
    const content = entity.slice().buffer;
    const digest = await crypto.subtle.digest("SHA-256", content);
    const attributes = [
      new Attribute({ type: CONTENT_TYPE, values: [new ObjectIdentifier({ value: DATA })] }),
      new Attribute({ type: SIGNING_TIME, values: [new UTCTime({ valueDate: new Date() })] }),
      new Attribute({ type: MESSAGE_DIGEST, values: [new OctetString({ valueHex: digest })] }),
    ];
    const { issuer, serialNumber } = certificate;
    const signed = new SignedData({
      version: 1,
      encapContentInfo: new EncapsulatedContentInfo({ eContentType: DATA }),
      signerInfos: [
        new SignerInfo({
          version: 1,
          sid: new IssuerAndSerialNumber({ issuer, serialNumber }),
          signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
        }),
      ],
      certificates: [certificate, ...chain],
    });
    await signed.sign(key, 0, "SHA-256", content);
    const signature = mimeEntity("application/pkcs7-signature; name=smime.p7s", contentInfo(signed), {
      filename: "smime.p7s",
      description: "S/MIME digital signature",
    });
    return multipart('multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256', [entity, signature]);
  };
}

/**
 * Encrypts what a message holds to all of its recipients (AES-256). To sign it too, sign first:
 * `transform: [smimeSigned(...), smimeEncrypted(...)]`. Each of them sees for whom it is, blind copies among them: send such
 * as messages of their own.
 *
 * @param certificateOf the certificate of a recipient; without one for every recipient, nothing is sent
 */
export function smimeEncrypted(certificateOf: (address: string) => Promise<Certificate | undefined>): Transform {
  return async (entity, { envelope }) => {
    const enveloped = new EnvelopedData();
    for (const { address } of envelope.to) {
      const certificate = await certificateOf(address);
      if (certificate === undefined) throw new Error(`There is no certificate for <${address}>`);
      enveloped.addRecipientByCertificate(certificate, { oaepHashAlgorithm: "SHA-256" });
    }
    await enveloped.encrypt({ name: "AES-CBC", length: 256 } as Algorithm, entity.slice().buffer);
    return mimeEntity("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", contentInfo(enveloped), {
      filename: "smime.p7m",
      description: "S/MIME encrypted message",
    });
  };
}

function contentInfo(content: SignedData | EnvelopedData): Uint8Array {
  const contentType = content instanceof SignedData ? ContentInfo.SIGNED_DATA : ContentInfo.ENVELOPED_DATA;
  const info = new ContentInfo({ contentType, content: content.toSchema() });
  return new Uint8Array(info.toSchema().toBER(false));
}
