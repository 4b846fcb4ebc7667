/**
 * Each mistake, made for real, and the error that it ends with: what a program reads of it, and its text as
 * docs/troubleshooting.md shows it. `TROUBLESHOOTING=docs/troubleshooting.md` writes the texts anew.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runtime } from "#runtime";
import { type ConnectionError, InputError, SmtpError } from "../../lib/errors.ts";
import { tlsProfile } from "../../lib/profile/tls_profile_object.ts";
import { Session } from "../../lib/session/session.ts";
import { entriesOf, entryOf, nameOf, withEntries } from "./guide.ts";
import { Lab } from "./lab.ts";
import { failing, type Mistake } from "./mistake.ts";
import { NETWORK_MISTAKES } from "./network_mistakes.ts";
import { refusedWith, REPLY_MISTAKES } from "./reply_mistakes.ts";
import { ALSO_KNOWN, NOT_KNOWN } from "./reply_wordings.ts";
import { TLS_MISTAKES } from "./tls_mistakes.ts";

const MISTAKES: readonly Mistake[] = [...TLS_MISTAKES, ...NETWORK_MISTAKES, ...REPLY_MISTAKES];
const RUNTIMES: Readonly<Record<string, string>> = { deno: "Deno", node: "Node", bun: "Bun" };
const NAME = RUNTIMES[runtime.name]!;
const GUIDE = fileURLToPath(new URL("../../docs/troubleshooting.md", import.meta.url));
const written = process.env.TROUBLESHOOTING;

const onBun = "Bun" in globalThis;

let lab: Lab;
let guide: string;
const made = new Map<Mistake, string>();

beforeAll(async () => {
  lab = await Lab.open();
  guide = await readFile(GUIDE, "utf8");
});
afterAll(async () => {
  await lab.close();
  if (written === undefined) return;
  const entries = new Map<string, Map<string, string>>();
  for (const mistake of MISTAKES) {
    const own = entries.get(mistake.heading) ?? new Map<string, string>();
    entries.set(mistake.heading, own.set(nameOf(mistake, NAME), made.get(mistake)!));
  }
  await writeFile(written, withEntries(guide, entries));
});

// At the same time: most of them wait for a server.
test.concurrent.each(MISTAKES.map((mistake) => [mistake.heading, mistake.name, mistake] as const))(
  "%s: %s is told with what to change",
  async (heading, name, mistake) => {
    const error = await mistake.make(lab);
    expect(error).toBeInstanceOf("field" in mistake.shows ? InputError : SmtpError);
    expect(error).toMatchObject(mistake.shows);
    // Of what the tests log on with: the password and the token, and both as PLAIN and XOAUTH2 send them.
    expect(String(error)).not.toMatch(/secret|c2VjcmV0|zZWNyZX|NlY3Jl/);
    const entry = entryOf(error, mistake);
    made.set(mistake, entry);
    const shown = (runtime: string) => entriesOf(guide).get(heading)?.get(nameOf(mistake, runtime)) ?? name;
    // Bun's own words are in no guide; that something is advised does not depend on them.
    if (onBun) expect(entry.includes("advice: ")).toBe(shown("Node").includes("advice: "));
    else if (written === undefined) expect(shown(NAME)).toBe(entry);
  },
);

describe("what the advice says to do", () => {
  test("makes a session with a self-signed certificate", async () => {
    const { certificate: cert, key } = lab.pki.servers.selfSigned;
    const port = await lab.start("smtp", { secure: true, cert, key });
    const options = { host: "127.0.0.1", port, tls: "implicit" } as const;
    expect((await failing(options) as SmtpError).advice).toContain("tlsProfile({ caCertificate: pem })");
    const session = await Session.open({ ...options, profile: tlsProfile({ caCertificate: cert }) });
    expect(session.tls?.verified).toBe(true);
    await session.close();
  });

  test("makes a session with a server by another of its names", async () => {
    const { certificate: cert, key } = lab.pki.servers.wrongHost;
    const port = await lab.start("smtp", { secure: true, cert, key });
    const options = { host: "127.0.0.1", port, tls: "implicit" } as const;
    const settings = { caCertificate: lab.pki.root };
    const error = await failing({ ...options, profile: tlsProfile(settings) });
    expect((error as SmtpError).advice).toContain("verify_server_name=DNS:mail.example.com (verifyServerName)");
    const verifyServerName = [{ type: "DNS", name: "other.example.test" }] as const;
    const session = await Session.open({ ...options, profile: tlsProfile({ ...settings, verifyServerName }) });
    expect(session.tls?.verified).toBe(true);
    await session.close();
  });

  test("takes this machine's clock and the certificate's own dates", async () => {
    const { certificate: cert, key } = lab.pki.servers.expired;
    const port = await lab.start("smtp", { secure: true, cert, key });
    const profile = tlsProfile({ caCertificate: lab.pki.root });
    const { message } = await failing({ host: "127.0.0.1", port, tls: "implicit", profile }) as ConnectionError;
    const [, validTo, clock] = /valid to (\S+); this machine's clock says (\S+)\)$/.exec(message)!;
    const days = (Date.parse(clock!) - Date.parse(validTo!)) / 86_400_000;
    expect(days).toBeCloseTo(2, 1);
  });
});

test("docs/troubleshooting.md shows no error that no mistake ends with", () => {
  const shown = [...entriesOf(guide)].flatMap(([heading, entries]) =>
    [...entries.keys()].map((name) => `${heading}: ${name}`)
  );
  const own = MISTAKES.flatMap((mistake) =>
    (mistake.differs === true ? ["Deno", "Node"] : [""]).map((name) => `${mistake.heading}: ${nameOf(mistake, name)}`)
  );
  expect(shown.toSorted()).toEqual(own.toSorted());
});

test.each(ALSO_KNOWN.map(([advice, to, reply, options]) => [reply, advice, to, options] as const))(
  "adviceOnReply knows %s",
  async (reply, advice, to, options) => {
    expect(await refusedWith(to, reply, options)).toMatchObject({ advice: expect.stringContaining(advice) });
  },
);

test.each(NOT_KNOWN.map(([to, reply, options]) => [reply, to, options] as const))(
  "adviceOnReply has nothing to say to %s",
  async (reply, to, options) => {
    const error = await refusedWith(to, reply, options);
    expect(error).toBeInstanceOf(SmtpError);
    expect((error as SmtpError).message).toContain(reply);
    expect(error).not.toHaveProperty("advice");
  },
);
