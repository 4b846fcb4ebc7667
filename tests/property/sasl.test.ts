/** Whatever a server sends for a challenge, a mechanism answers it or throws an error of this package. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../../lib/bytes/ascii.ts";
import { SmtpError } from "../../lib/errors.ts";
import { anonymous } from "../../lib/sasl/anonymous.ts";
import { cramMd5 } from "../../lib/sasl/cram_md5.ts";
import { external } from "../../lib/sasl/external.ts";
import { login } from "../../lib/sasl/login.ts";
import type { Mechanism } from "../../lib/sasl/mechanism.ts";
import { ntlm } from "../../lib/sasl/ntlm.ts";
import { oauthBearer } from "../../lib/sasl/oauthbearer.ts";
import { plain } from "../../lib/sasl/plain.ts";
import { scram } from "../../lib/sasl/scram.ts";
import { xoauth2 } from "../../lib/sasl/xoauth2.ts";
import { tries } from "../support/effort.ts";

const NONCE = "nonce";
const WHO = { user: "ada", password: "s3cret", token: "s3cret" };
const MECHANISMS: readonly (() => Mechanism)[] = [
  () => plain(WHO),
  () => login(WHO),
  () => cramMd5(WHO),
  () => xoauth2(WHO),
  () => oauthBearer(WHO),
  () => external(),
  () => anonymous().mechanism({}),
  () => ntlm({ user: "ada", password: "s3cret" }).mechanism({}),
  () => scram({ ...WHO, hash: "SHA-1", nonce: NONCE, maxIterations: 4096 }),
  () => scram({ ...WHO, hash: "SHA-256", nonce: NONCE, maxIterations: 4096, binding: new Uint8Array(32) }),
];

const attributes = fc.constantFrom(
  "r=",
  `r=${NONCE}`,
  `r=${NONCE}x`,
  "s=QSXC",
  "s=",
  "i=4096",
  "i=1",
  "m=x",
  "v=AAAA",
  "e=no",
);
const ntlmish = fc.uint8Array({ maxLength: 80 }).map((rest) =>
  Uint8Array.of(...encodeUtf8("NTLMSSP\0"), 2, 0, 0, 0, ...rest)
);
const challenge = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ maxLength: 40 }).map(encodeUtf8),
  fc.json({ maxDepth: 3 }).map(encodeUtf8),
  fc.array(attributes, { maxLength: 5 }).map((parts) => encodeUtf8(parts.join(","))),
  ntlmish,
  fc.constantFrom(`r=${NONCE}x,s=QSXC,i=4096`, "v=AAAA", "e=no").map(encodeUtf8),
  fc.constant(encodeUtf8("[".repeat(9_000))),
);

test("a mechanism answers any challenge, or throws an SmtpError that holds no secret", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...MECHANISMS),
      fc.array(challenge, { maxLength: 4 }),
      async (make, challenges) => {
        const mechanism = make();
        await mechanism.initial();
        try {
          for (const octets of challenges) {
            expect(await mechanism.next(octets)).toBeInstanceOf(Uint8Array);
            seen.add(`${mechanism.name} answers`);
          }
          mechanism.finish?.();
        } catch (error) {
          expect(error).toBeInstanceOf(SmtpError);
          expect(`${error}`).not.toContain("s3cret");
          seen.add(`${mechanism.name} refuses`);
        }
        // deno-lint-ignore no-control-regex
        expect(mechanism.failure ?? "").not.toMatch(/s3cret|[\0-\x1f\x7f]/);
        expect((mechanism.failure ?? "").length).toBeLessThanOrEqual(1024);
      },
    ),
    { seed: 20261126, numRuns: tries(1500) },
  );
  for (const name of ["SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER", "LOGIN"]) {
    expect(seen).toContain(`${name} answers`);
  }
  expect(seen.size).toBeGreaterThanOrEqual(16);
});
