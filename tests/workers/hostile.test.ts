/** Hostile servers, met by a session within workerd: it ends in a typed error, within its limits. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CERTIFICATES, ON_SOCKETS } from "../hostile/loopback.ts";
import { LoopbackServers } from "../hostile/support/loopback.ts";
import { PASSWORD, SUBJECT, USER } from "../hostile/support/play.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { type Run, startRig } from "./support/rig.ts";
import type { Workerd } from "./support/workerd.ts";

/** Octets that a client may take of what has no end: a reply's 64 KiB, and what was read with it. */
const MOST = 1_000_000;

let servers: LoopbackServers;
let pki: Pki;
let workerd: Workerd;
let run: Run;

beforeAll(async () => {
  servers = new LoopbackServers();
  pki = await makePki();
  ({ workerd, run } = await startRig(pki.root));
});
afterAll(async () => {
  await workerd?.stop();
  await servers.stop();
});

async function attempt(
  tls: "off" | "implicit" | "starttls",
  { spec = {}, options = {}, large = false }: { spec?: object; options?: object; large?: boolean },
) {
  const { certificate, key } = pki.servers.good;
  const offers = ["PIPELINING", "8BITMIME", "STARTTLS", "AUTH PLAIN LOGIN"];
  const port = await servers.listen({ offers, cert: certificate, key, tls, ...spec });
  const auth = tls === "off" ? {} : { auth: { user: USER, password: PASSWORD } };
  const { result } = await run("attempt", {
    options: { host: "localhost", port, tls, ...auth, ...options },
    subject: SUBJECT,
    large,
  });
  return { ...result!, seen: await servers.seen(port, false) };
}

/** What never stands in anything that went over the wire. */
function checkWire(wire: string): void {
  for (const secret of [PASSWORD, btoa(PASSWORD), btoa(`\0${USER}\0${PASSWORD}`), SUBJECT, "MAIL FROM"]) {
    expect(wire).not.toContain(secret);
  }
}

describe("Session in workerd", () => {
  test.each(ON_SOCKETS)("$name", async ({ tls, acts, content, timeouts, outcome }) => {
    const { error, isSmtpError, taken, seen } = await attempt(tls, {
      spec: { acts },
      options: { ...timeouts && { timeouts } },
      large: content === "large",
    });
    expect(isSmtpError).toBe(true);
    expect(error).toMatchObject({ fate: "unsent", sessionUsable: false, ...outcome });
    expect(taken).toBeLessThan(MOST);
    if (tls !== "off") checkWire(seen.wire);
    if (error!.fate === "unsent") expect(seen.ends).toBe(0);
  });

  describe.each(["implicit", "starttls"] as const)("certificates, TLS %s", (tls) => {
    // The others are made where those tests are.
    const ours = CERTIFICATES.filter(([name]) => name !== "nulInName" && name !== "unicodeLookalike");
    test.each(ours)("%s is refused before a word was said", async (name) => {
      const { certificate: cert, key } = pki.servers[name as keyof Pki["servers"]];
      const { error, seen } = await attempt(tls, { spec: { cert, key } });
      expect(error).toMatchObject({
        name: "ConnectionError",
        code: tls === "implicit" ? "TLS_FAILED" : "STARTTLS_FAILED",
        fate: "unsent",
      });
      expect([seen.connections, seen.within]).toEqual([1, 0]);
      checkWire(seen.wire);
    });
  });
});
