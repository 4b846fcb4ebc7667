/**
 * The TLS half of the conformance suite: the table of cases, on both ways to TLS.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toBase64 } from "../../lib/bytes/base64.ts";
import { ConnectionError } from "../../lib/errors.ts";
import type { ConnectOptions, Runtime } from "../../lib/runtime/runtime.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { TlsPeer } from "../support/tls_peer.ts";
import { type Material, TLS_CASES, type TlsCase } from "./tls_cases.ts";
import { NEGOTIATION_CASES } from "./tls_negotiation_cases.ts";
import { workersVerdict } from "./workers_verdict.ts";
import { meet, verdict } from "./verdict.ts";

/** Names a file to write the verdicts to, as a Markdown table. */
const TABLE_FILE = process.env["CONFORMANCE_TABLE"];

/** How TLS may begin. */
const WAYS = ["implicit", "starttls"] as const;

/** Describes what every runtime does with TLS settings. */
export function describeTls(
  runtime: Runtime,
  { ways = WAYS, certificates = makePki }: {
    readonly ways?: readonly (typeof WAYS[number])[];
    /** Where the platform itself has to trust them. Default: made here. */
    readonly certificates?: () => Promise<Pki>;
  } = {},
): void {
  let peer: TlsPeer;
  let material: Material;
  const isOnWorkers = runtime.name === "workers";
  const rows: string[] = [];

  beforeAll(async () => {
    peer = new TlsPeer();
    const pki = await certificates();
    material = { ...pki, encryptedKey: await peer.encrypt(pki.client.key, "sesame") };
  });
  afterAll(async () => {
    await peer.stop();
    if (TABLE_FILE) {
      writeFileSync(TABLE_FILE, `| option | case | ${runtime.name} |\n| --- | --- | --- |\n${rows.join("")}`);
    }
  });

  async function optionsFor(tls: "implicit" | "starttls", of: Omit<TlsCase, "expect">): Promise<ConnectOptions> {
    const identity = material.servers[of.identity ?? "good"];
    const mode = tls === "implicit" ? "tls" : "starttls";
    const port = await peer.listen({ mode, identity, ...of.server?.(material) });
    // Workers take no authority: their platform trusts the root, and the cases about the option give it all the same.
    const trust = isOnWorkers && of.option !== "ca_certificate" ? {} : { caCertificate: material.root };
    const tlsSettings = { ...trust, ...of.settings?.(material) };
    return { host: of.host ?? "localhost", port, tls, tlsSettings };
  }

  describe.each(ways)("runtime.connect, TLS %s", (tls) => {
    test.each([...TLS_CASES, ...NEGOTIATION_CASES])("$option: $name", async (line) => {
      const { expect: wanted, ...rest } = line;
      const got = await verdict(runtime, await optionsFor(tls, rest));
      if (tls === "implicit") rows.push(`| \`${line.option}\` | ${line.name} | ${got} |\n`);
      if (isOnWorkers) return expect(got).toBe(workersVerdict(line, rest.settings?.(material)));
      expect(got).toBe(typeof wanted === "string" ? wanted : wanted[runtime.name as keyof typeof wanted]);
    });

    test.runIf(!isOnWorkers)("says what was agreed on", async () => {
      const settings = { maxTlsVersion: "1.2" } as const;
      const [connection, greeting] = await meet(
        runtime,
        await optionsFor(tls, { option: "", name: "", settings: () => settings }),
      );
      const { protocol, cipher } = greeting;
      expect(connection.tls).toEqual({
        verified: true,
        protocol,
        cipher,
        ...(runtime.name !== "deno" && { resumed: false }),
      });
      expect(protocol).toBe("TLSv1.2");
      connection.close();
    });

    test("exports keying material that the server has as well, or has no way to", async () => {
      const seen = new Set<string>();
      for (let i = 0; i < 2; i++) {
        const [connection, greeting] = await meet(runtime, await optionsFor(tls, { option: "", name: "" }));
        const octets = connection.exportKeyingMaterial?.("EXPORTER-Channel-Binding", 32);
        connection.close();
        if (octets === undefined) {
          // Deno has it neither in its own calls nor in its node:tls, and Workers have nothing of the kind.
          expect(["deno", "workers"]).toContain(runtime.name);
          return;
        }
        expect(toBase64(octets)).toBe(greeting.binding);
        seen.add(greeting.binding);
        expect(() => connection.exportKeyingMaterial!("EXPORTER-Channel-Binding", 32)).toThrow(ConnectionError);
      }
      expect(seen.size).toBe(2);
    });

    test("sends a host name as SNI, and never an IP address", async () => {
      for (const [host, sni] of [["localhost", "localhost"], ["127.0.0.1", null]] as const) {
        const [connection, greeting] = await meet(runtime, await optionsFor(tls, { option: "", name: "", host }));
        expect(greeting.sni).toBe(sni);
        connection.close();
      }
    });

    test.runIf(!isOnWorkers)("presents the client's certificate", async () => {
      const [connection, greeting] = await meet(
        runtime,
        await optionsFor(tls, {
          option: "",
          name: "",
          server: ({ root }) => ({ requestCert: true, ca: root }),
          settings: ({ client }) => ({ clientCertificate: client.certificate, clientKey: client.key }),
        }),
      );
      expect(greeting.client).toBe("alice");
      connection.close();
    });

    test.runIf(!isOnWorkers)("refuses settings before it connects, without a word of the key", async () => {
      const options = await optionsFor(tls, {
        option: "",
        name: "",
        settings: ({ client, encryptedKey }) => ({
          profile: "bank",
          clientCertificate: client.certificate,
          clientKey: encryptedKey,
          clientKeyPassword: "wrong horse",
        }),
      });
      const error = await runtime.connect(options).catch((error) => error);
      expect(error).toMatchObject({ name: "ConfigError", profile: "bank", option: "client_key_password" });
      expect(JSON.stringify([error.message, String(error.cause)])).not.toMatch(/wrong horse|PRIVATE/);
      expect(await peer.seen(options.port)).toEqual({});
    });

    test.runIf(!isOnWorkers)("names the host, and the names in the certificate", async () => {
      const error = await meet(runtime, await optionsFor(tls, { option: "", name: "", identity: "wrongHost" }))
        .catch((error) => error);
      expect(error.message).toMatch(/localhost:\d+/);
      expect(error.message).toContain("other.example.test");
      expect(error.phase).toBe(tls === "implicit" ? "tls" : "starttls");
      expect(error.code).toBe(tls === "implicit" ? "TLS_FAILED" : "STARTTLS_FAILED");
    });
  });
}
