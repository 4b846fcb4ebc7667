import { fromBER } from "asn1js";
import { simpleParser } from "mailparser";
import { ContentInfo, EnvelopedData, SignedData } from "pkijs";
import { expect, test } from "vitest";
import { smimeEncrypted, smimeSigned } from "../../../examples/smime.ts";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { fromBase64 } from "../../../lib/bytes/base64.ts";
import { composer } from "../../../lib/mime/composer.ts";
import { octetsOf } from "../mime/support.ts";
import { rejection } from "../session/support.ts";
import { signedParts } from "./signed_parts.ts";
import { mailCertificate } from "./smime_certificate.ts";

const MESSAGE = { from: "ada@example.com", to: "bob@example.net", subject: "Vertrag", text: "Price: 5\n" };

function cms(octets: Uint8Array, options: { readonly parseEmbedded?: boolean } = {}): ContentInfo {
  return new ContentInfo({ schema: fromBER(octets.slice().buffer, options).result });
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
  // A piece of what is encrypted may look like ASN.1 by chance, and would be taken for it.
  const enveloped = new EnvelopedData({ schema: cms(fromBase64(base64)!, { parseEmbedded: false }).content });
  const recipientPrivateKey = await crypto.subtle.exportKey("pkcs8", bob.decryptionKey);
  const entity = await enveloped.decrypt(0, { recipientCertificate: bob.certificate, recipientPrivateKey });
  const inner = decodeUtf8(new Uint8Array(entity));
  expect(inner).toMatch(/^Content-Type: multipart\/signed/);
  expect((await simpleParser(inner)).text).toBe(MESSAGE.text);
  const refused = composer({ transform })({ ...MESSAGE, cc: "eve@example.org" });
  expect(await rejection(refused)).toMatchObject({ message: "There is no certificate for <eve@example.org>" });
});
