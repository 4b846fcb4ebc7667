import { Buffer } from "node:buffer";
import { createDecipheriv, privateDecrypt } from "node:crypto";
import { fromBER } from "asn1js";
import { simpleParser } from "mailparser";
import { ContentInfo, EnvelopedData, type KeyTransRecipientInfo, SignedData } from "pkijs";
import { expect, test } from "vitest";
import { smimeEncrypted, smimeSigned } from "../../../examples/smime.ts";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { fromBase64, toBase64 } from "../../../lib/bytes/base64.ts";
import { composer } from "../../../lib/mime/composer.ts";
import { octetsOf } from "../mime/support.ts";
import { rejection } from "../session/support.ts";
import { signedParts } from "./signed_parts.ts";
import { mailCertificate } from "./smime_certificate.ts";

const MESSAGE = { from: "ada@example.com", to: "bob@example.net", subject: "Vertrag", text: "Price: 5\n" };

function cms(octets: Uint8Array, options: { readonly parseEmbedded?: boolean } = {}): ContentInfo {
  return new ContentInfo({ schema: fromBER(octets.slice().buffer, options).result });
}

/** What is in an envelope, by OpenSSL's primitives: pkijs encrypted it. */
function decrypted(octets: Uint8Array, keyPem: string): string {
  // A piece of what is encrypted may look like ASN.1 by chance, and would be taken for it.
  const { recipientInfos, encryptedContentInfo } = new EnvelopedData({
    schema: cms(octets, { parseEmbedded: false }).content,
  });
  const { encryptedKey } = recipientInfos[0]!.value as KeyTransRecipientInfo;
  const key = privateDecrypt({ key: keyPem, oaepHash: "sha256" }, encryptedKey.valueBlock.valueHexView);
  const iv = encryptedContentInfo.contentEncryptionAlgorithm.algorithmParams.valueBlock.valueHexView;
  const decipher = createDecipheriv("aes-256-cbc", key, iv);
  const content = new Uint8Array(encryptedContentInfo.getEncryptedContent());
  expect([content.length > 0, content.length % 16], `in ${toBase64(octets)}`).toEqual([true, 0]);
  return Buffer.concat([decipher.update(content), decipher.final()]).toString();
}

test("smimeSigned signs what a message holds, so that it verifies and readers show it", async () => {
  const { certificate, signingKey: key } = await mailCertificate("ada@example.com");
  const { content } = await composer({ transform: smimeSigned({ certificate, key }) })(MESSAGE);
  const { whole, signed, signature } = await signedParts(content);
  const data = new SignedData({ schema: cms(fromBase64(signature.replaceAll("\r\n", ""))!).content });
  const check = (text: string) => data.verify({ signer: 0, data: encodeUtf8(text).buffer });
  expect(await check(signed)).toBe(true);
  expect(await rejection(check(signed.replace("5", "6")))).toMatchObject({
    message: expect.stringContaining("digest"),
  });
  const parsed = await simpleParser(whole);
  expect([parsed.text, parsed.attachments[0]!.filename]).toEqual([MESSAGE.text, "smime.p7s"]);
});

test("smimeEncrypted encrypts to each recipient what was signed before", async () => {
  const [ada, bob] = [await mailCertificate("ada@example.com"), await mailCertificate("bob@example.net")];
  const certificateOf = (address: string) =>
    Promise.resolve(address === "bob@example.net" ? bob.certificate : undefined);
  const transform = [smimeSigned({ certificate: ada.certificate, key: ada.signingKey }), smimeEncrypted(certificateOf)];
  const { content } = await composer({ transform })(MESSAGE);
  const whole = decodeUtf8(await octetsOf(content));
  expect(whole).toContain("Content-Type: application/pkcs7-mime; smime-type=enveloped-data");
  const base64 = whole.slice(whole.indexOf("\r\n\r\n") + 4).replaceAll("\r\n", "");
  const inner = decrypted(fromBase64(base64)!, bob.keyPem);
  expect(inner).toMatch(/^Content-Type: multipart\/signed/);
  expect((await simpleParser(inner)).text).toBe(MESSAGE.text);
  const refused = composer({ transform })({ ...MESSAGE, cc: "eve@example.org" });
  expect(await rejection(refused)).toMatchObject({ message: "There is no certificate for <eve@example.org>" });
});
