import { runtime } from "#runtime";
import dns from "node:dns";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makePki, type Pki } from "../support/pki.ts";
import { TlsPeer } from "../support/tls_peer.ts";
import { meet } from "./verdict.ts";

let peer: TlsPeer;
let pki: Pki;

beforeAll(async () => {
  peer = new TlsPeer();
  pki = await makePki();
});
afterAll(() => peer.stop());

/** What the platform looks names up with, or connects by name with, where it has no look-up that can be seen. */
function spyOnLookUps(): { readonly mock: { readonly calls: readonly unknown[][] } } {
  const deno = (globalThis as unknown as { readonly Deno?: { connect(options: object): Promise<unknown> } }).Deno;
  return deno === undefined ? vi.spyOn(dns, "lookup") : vi.spyOn(deno, "connect");
}

test.each(["implicit", "starttls"] as const)("runtime.connect looks the host up once (TLS %s)", async (tls) => {
  const identity = pki.servers.good;
  const port = await peer.listen({ mode: tls === "implicit" ? "tls" : "starttls", identity });
  const lookUp = spyOnLookUps();
  const tlsSettings = { caCertificate: pki.root };
  const [connection] = await meet(runtime, { host: "localhost", port, tls, tlsSettings });
  connection.close();
  const asked = lookUp.mock.calls.map(([name]) =>
    typeof name === "string" ? name : (name as { hostname: string }).hostname
  );
  vi.restoreAllMocks();
  expect(asked).toEqual(["localhost"]);
});
