import "reflect-metadata"; // what @peculiar/x509 finds its algorithms with
import * as x509 from "@peculiar/x509";
import { fromBER } from "asn1js";
import { Certificate } from "pkijs";

/** A certificate for mail, signed by itself. */
export interface MailCertificate {
  readonly certificate: Certificate;
  readonly pem: string;
  readonly keyPem: string;
  readonly signingKey: CryptoKey;
  readonly decryptionKey: CryptoKey;
}

const PAIR = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
};

/** Makes one, with a key that signs and decrypts. */
export async function mailCertificate(email: string): Promise<MailCertificate> {
  const keys = await crypto.subtle.generateKey(PAIR, true, ["sign", "verify"]);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [email] }],
    keys,
    signingAlgorithm: PAIR,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.emailProtection]),
      new x509.SubjectAlternativeNameExtension([{ type: "email", value: email }]),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  const decryption = { name: "RSA-OAEP", hash: "SHA-256" };
  return {
    certificate: new Certificate({ schema: fromBER(made.rawData).result }),
    pem: made.toString("pem"),
    keyPem: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    signingKey: keys.privateKey,
    decryptionKey: await crypto.subtle.importKey("pkcs8", pkcs8, decryption, true, ["decrypt"]),
  };
}
