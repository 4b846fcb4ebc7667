import { runtime } from "#runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TlsSettings } from "../../lib/tls_settings.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { type ServerSpec, TlsPeer } from "../support/tls_peer.ts";
import { errorText, meet } from "./verdict.ts";

// A server is asked whether it resumed; on Deno it never does, and everything else holds all the same.
const resumes = runtime.name !== "deno";

let peer: TlsPeer;
let pki: Pki;

beforeAll(async () => {
  peer = new TlsPeer();
  pki = await makePki();
});
afterAll(() => peer.stop());

describe.each(
  [
    { tls: "implicit", version: "TLSv1.2" },
    { tls: "implicit", version: "TLSv1.3" },
    { tls: "starttls", version: "TLSv1.2" },
    { tls: "starttls", version: "TLSv1.3" },
  ] as const,
)("a TLS session ($tls, $version)", ({ tls, version }) => {
  async function listen(spec: Partial<ServerSpec> = {}): Promise<number> {
    const mode = tls === "implicit" ? "tls" : "starttls";
    return await peer.listen({ mode, identity: pki.servers.good, maxVersion: version, ...spec });
  }

  /** `full` or `resumed`, as server and client say alike; or why the server was refused. */
  async function visit(port: number, settings: TlsSettings = {}, host = "localhost"): Promise<string> {
    try {
      const tlsSettings = { caCertificate: pki.root, ...settings };
      const [connection, greeting] = await meet(runtime, { host, port, tls, tlsSettings });
      expect(greeting.protocol).toBe(version);
      expect(connection.tls?.resumed).toBe(resumes ? greeting.resumed : undefined);
      expect(connection.tls?.verified).toBe(settings.verifyServer ?? true);
      // A round trip: what the server gives for the next time has come by then.
      await connection.write(new Uint8Array([120]));
      expect(await connection.read()).toHaveLength(1);
      connection.close();
      return greeting.resumed ? "resumed" : "full";
    } catch (error) {
      return errorText(error);
    }
  }

  const again = resumes ? "resumed" : "full";

  test("is resumed by the next connection with the same settings", async () => {
    const port = await listen();
    expect([await visit(port), await visit(port), await visit(port)]).toEqual(["full", again, again]);
  });

  test("is not resumed with other settings, another name or another server", async () => {
    const [port, other] = [await listen(), await listen()];
    expect(await visit(port)).toBe("full");
    expect(await visit(other)).toBe("full");
    expect(await visit(port, {}, "127.0.0.1")).toBe("full");
    const others: TlsSettings[] = [
      { caCertificate: `${pki.root}${pki.otherRoot}` },
      { verifyServerName: false },
      { verifyServerName: [{ type: "DNS", name: "mail.example.test" }] },
      { pinSha256: [pki.pins.leaf] },
      { clientCertificate: pki.client.certificate, clientKey: pki.client.key },
      { minTlsVersion: "1.2" },
      { verifyServer: false },
    ];
    for (const settings of others) expect(await visit(port, settings)).toBe("full");
    expect(await visit(port)).toBe(again);
  });

  test("does not let a server through that other settings refuse", async () => {
    const port = await listen();
    expect([await visit(port), await visit(port)]).toEqual(["full", again]);
    const wrongName = { verifyServerName: [{ type: "DNS", name: "other.example.test" }] } as const;
    const wrongPin = { pinSha256: [pki.pins.other] };
    const wrongRoot = { caCertificate: pki.otherRoot };
    for (let i = 0; i < 2; i++) {
      expect(await visit(port, wrongName)).toBe("TLS_FAILED name_mismatch");
      expect(await visit(port, wrongPin)).toBe("TLS_FAILED pin_mismatch");
      expect(await visit(port, wrongRoot)).toBe("TLS_FAILED untrusted");
    }
  });

  test("is not resumed with verification when it began without", async () => {
    const port = await listen({ identity: pki.servers.selfSigned });
    expect([await visit(port, { verifyServer: false }), await visit(port, { verifyServer: false })])
      .toEqual(["full", again]);
    expect(await visit(port)).toBe("TLS_FAILED untrusted");
    const wrongHost = await listen({ identity: pki.servers.wrongHost });
    expect(await visit(wrongHost, { verifyServerName: false })).toBe("full");
    expect(await visit(wrongHost)).toBe("TLS_FAILED name_mismatch");
  });

  test("holds a pin when it is resumed", async () => {
    const port = await listen();
    const pinSha256 = [pki.pins.intermediate];
    expect([await visit(port, { pinSha256 }), await visit(port, { pinSha256 })]).toEqual(["full", again]);
  });

  test("that the server no longer knows gives way to a whole handshake with every check", async () => {
    const port = await listen();
    expect([await visit(port), await visit(port)]).toEqual(["full", again]);
    await peer.change(port, {});
    expect([await visit(port), await visit(port)]).toEqual(["full", again]);
    await peer.change(port, { identity: pki.servers.wrongHost });
    expect([await visit(port), await visit(port)]).toEqual(["TLS_FAILED name_mismatch", "TLS_FAILED name_mismatch"]);
    await peer.change(port, { identity: pki.servers.unknownAuthority });
    expect(await visit(port)).toBe("TLS_FAILED untrusted");
    await peer.change(port, { identity: pki.servers.good });
    expect(await visit(port)).toBe("full");
  });

  test("is resumed with the client certificate that it began with", async () => {
    const port = await listen({ requestCert: true, ca: pki.root });
    const settings = { clientCertificate: pki.client.certificate, clientKey: pki.client.key };
    expect([await visit(port, settings), await visit(port, settings)]).toEqual(["full", again]);
    // TLS 1.2 has no word for a certificate that is missing.
    expect(await visit(port)).toBe(`TLS_FAILED ${version === "TLSv1.2" ? "handshake" : "client_certificate"}`);
  });
});
