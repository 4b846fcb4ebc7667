import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generateKey } from "openpgp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPgpSigned } from "../../examples/openpgp.ts";
import { smimeSigned } from "../../examples/smime.ts";
import { decodeUtf8 } from "../../lib/bytes/ascii.ts";
import { composer } from "../../lib/mime/composer.ts";
import { signedParts } from "../unit/examples/signed_parts.ts";
import { mailCertificate } from "../unit/examples/smime_certificate.ts";
import { octetsOf } from "../unit/mime/support.ts";

const run = promisify(execFile);

const MESSAGE = {
  from: "ada@example.com",
  to: "bob@example.net",
  subject: "Vertrag",
  text: "Price: 5 \n.\nFrom here\n",
  html: "<p>Größe</p>",
  attachments: [{ filename: "ä.bin", content: Uint8Array.of(0, 13, 10, 255) }],
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signed-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "", (error: Error) => error.message);
}

test("smimeSigned signs so that openssl verifies it, and what was changed it does not", async () => {
  const { certificate, signingKey: key, pem } = await mailCertificate("ada@example.com");
  const { content } = await composer({ transform: smimeSigned({ certificate, key }) })(MESSAGE);
  const text = decodeUtf8(await octetsOf(content));
  const authority = await file("ada.pem", pem);
  const verify = async (message: string) => {
    const path = await file("message.eml", message);
    return await run("openssl", ["cms", "-verify", "-in", path, "-CAfile", authority, "-purpose", "any"]);
  };
  const { stdout, stderr } = await verify(text);
  expect(stderr).toMatch(/verification successful/i);
  expect(stdout).toContain("Price: 5 \r\n.\r\nFrom here\r\n");
  expect(await failure(verify(text.replace("Price: 5", "Price: 6")))).toMatch(/digest failure|verification failure/i);
});

test("openPgpSigned signs so that gpg verifies it, and what was changed it does not", async () => {
  const { privateKey, publicKey } = await generateKey({ userIDs: [{ email: "ada@example.com" }], format: "object" });
  const { content } = await composer({ transform: openPgpSigned(privateKey) })(MESSAGE);
  const { signed, signature } = await signedParts(content);
  const gpg = (...args: string[]) => run("gpg", ["--homedir", folder, "--batch", "--no-autostart", ...args]);
  await gpg("--import", await file("ada.asc", publicKey.armor()));
  const signatureFile = await file("signature.asc", signature);
  const verify = async (entity: string) => await gpg("--verify", signatureFile, await file("entity", entity));
  expect((await verify(signed)).stderr).toMatch(/Good signature from "<?ada@example.com>?"/);
  expect(await failure(verify(signed.replace("Price: 5", "Price: 6")))).toMatch(/BAD signature/);
});
