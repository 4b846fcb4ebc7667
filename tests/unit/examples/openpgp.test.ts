import { simpleParser } from "mailparser";
import { createMessage, decrypt, generateKey, readMessage, readSignature, verify } from "openpgp";
import { expect, test } from "vitest";
import { openPgpEncrypted, openPgpSigned } from "../../../examples/openpgp.ts";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { composer } from "../../../lib/mime/composer.ts";
import { octetsOf } from "../mime/support.ts";
import { rejection } from "../session/support.ts";
import { signedParts } from "./signed_parts.ts";

const MESSAGE = {
  from: "Ada <ada@example.com>",
  to: "bob@example.net",
  subject: "Verträge",
  text: "Hällo Bob, trailing blanks \nFrom here on\n",
  html: "<p>Hällo Bob</p>",
  attachments: [{ filename: "a.bin", content: Uint8Array.of(0, 1, 2, 255) }],
};

async function keys(email: string) {
  return await generateKey({ userIDs: [{ email }], format: "object" });
}

test("openPgpSigned signs what a message holds, so that openpgp verifies it and readers show it", async () => {
  const { privateKey, publicKey } = await keys("ada@example.com");
  const { content } = await composer({ transform: openPgpSigned(privateKey) })(MESSAGE);
  const { whole, signed, signature } = await signedParts(content);
  const check = async (text: string) => {
    const { signatures } = await verify({
      message: await createMessage({ binary: encodeUtf8(text) }),
      signature: await readSignature({ armoredSignature: signature }),
      verificationKeys: publicKey,
    });
    return await signatures[0]!.verified;
  };
  expect(await check(signed)).toBe(true);
  expect(await rejection(check(signed.replace("Bob", "Eve")))).toBeInstanceOf(Error);
  expect(whole).toMatch(
    /\r\nContent-Type: multipart\/signed; micalg=pgp-sha512;\r\n protocol="application\/pgp-signature"/,
  );
  const parsed = await simpleParser(whole);
  expect(parsed.text).toBe(MESSAGE.text);
  expect(parsed.attachments.map(({ filename }) => filename)).toEqual(["a.bin", "signature.asc"]);
});

test("openPgpEncrypted encrypts what a message holds to each recipient, and signs it", async () => {
  const [ada, bob, eve] = [await keys("ada@example.com"), await keys("bob@example.net"), await keys("eve@example.org")];
  const known = new Map([["bob@example.net", bob.publicKey], ["eve@example.org", eve.publicKey]]);
  const keyOf = (address: string) => Promise.resolve(known.get(address));
  const compose = composer({ transform: openPgpEncrypted({ keyOf, signingKey: ada.privateKey }) });
  const { content } = await compose({ ...MESSAGE, bcc: "eve@example.org" });
  const whole = decodeUtf8(await octetsOf(content));
  expect(whole).not.toContain("H=C3=A4llo");
  const parsed = await simpleParser(whole);
  expect(parsed.attachments.map(({ contentType }) => contentType)).toEqual([
    "application/pgp-encrypted",
    "application/octet-stream",
  ]);
  for (const { privateKey } of [bob, eve]) {
    const { data, signatures } = await decrypt({
      message: await readMessage({ armoredMessage: decodeUtf8(parsed.attachments[1]!.content) }),
      decryptionKeys: privateKey,
      verificationKeys: ada.publicKey,
      format: "binary",
    });
    expect(await signatures[0]!.verified).toBe(true);
    expect((await simpleParser(decodeUtf8(data as Uint8Array))).text).toBe(MESSAGE.text);
  }
});

test("openPgpEncrypted refuses a message to somebody without a key", async () => {
  const keyOf = () => Promise.resolve(undefined);
  const error = await rejection(composer({ transform: openPgpEncrypted({ keyOf }) })(MESSAGE));
  expect(error).toMatchObject({ message: "There is no OpenPGP key for <bob@example.net>" });
});
