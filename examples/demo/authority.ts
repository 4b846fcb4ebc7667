/**
 * A certification authority that lives as long as the demo.
 *
 * @module
 */
import "reflect-metadata"; // what @peculiar/x509 finds its algorithms with
import * as x509 from "@peculiar/x509";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 86_400_000;

/** Writes `ca.pem`, and `server.pem` with a certificate for localhost and its key. */
export async function writeAuthority(folder: string): Promise<void> {
  const notBefore = new Date(Date.now() - DAY);
  const notAfter = new Date(Date.now() + DAY);
  const authorityKeys = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Demo Authority",
    serialNumber: "01",
    notBefore,
    notAfter,
    keys: authorityKeys,
    signingAlgorithm: ECDSA,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const keys = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: "CN=Demo Server",
    issuer: authority.subject,
    serialNumber: "02",
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ECDSA,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  await Deno.writeTextFile(`${folder}/ca.pem`, authority.toString("pem"));
  await Deno.writeTextFile(`${folder}/server.pem`, `${certificate.toString("pem")}\n${key}\n`);
}
