/**
 * Deno's permissions: what a message needs and nothing else, and what is said when it is missing. With the source, as JSR's
 * users have it, and with the npm package.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { makePki, type Pki } from "../support/pki.ts";
import { MailServer } from "./mail_server.ts";
import { deno, root, run } from "./run.ts";

const { consumer } = inject("packed");

const PROGRAM = "tests/package/programs/permitted.mjs";
const WAYS = ["off", "implicit", "starttls"] as const;

let pki: Pki;
const servers: MailServer[] = [];

beforeAll(async () => {
  pki = await makePki();
  const { certificate: cert, key } = pki.servers.good;
  for (const tls of WAYS) servers.push(await MailServer.start({ tls, cert, key }));
  await copyFile(join(root, PROGRAM), join(consumer, "permitted.mjs"));
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

describe.each([
  ["the source", () => ({ program: join(root, PROGRAM), cwd: root })],
  ["the npm package", () => ({ program: "permitted.mjs", cwd: consumer })],
])("%s on Deno", (_, where) => {
  async function runWith(flags: readonly string[], { options, file }: {
    readonly options: readonly object[];
    readonly file?: string;
  }): Promise<string[]> {
    const { program, cwd } = where();
    const args = ["run", "--no-prompt", "--quiet", ...flags, program, JSON.stringify(options), ...(file ? [file] : [])];
    return JSON.parse(await run(deno, args, { cwd }));
  }

  test("sends in clear, over TLS and over STARTTLS with the network permission for host and port alone", async () => {
    const options = WAYS.map((tls, i) => ({ host: "localhost", port: servers[i]!.port, tls, ca: pki.root }));
    // A profile has no meaning in clear.
    const { ca: _, ...clear } = options[0]!;
    const net = options.map(({ host, port }) => `${host}:${port}`).join(",");
    expect(await runWith([`--allow-net=${net}`], { options: [clear, ...options.slice(1)] })).toEqual([
      "ok",
      "ok",
      "ok",
    ]);
  });

  test("names the permission that is missing", async () => {
    const options = [
      { host: "mail.example.com", port: 465, tls: "implicit" },
      { host: "mail.example.com", port: 587, tls: "starttls", ca: pki.root },
      { host: "::1", port: 25, tls: "off" },
    ];
    const file = join(consumer, "mail.asn");
    expect(await runWith(["--allow-net=localhost"], { options, file })).toEqual([
      "CONNECT_FAILED Cannot connect to mail.example.com:465: the permission is missing; " +
      "run with --allow-net=mail.example.com:465",
      "CONNECT_FAILED Cannot connect to mail.example.com:587: the permission is missing; " +
      "run with --allow-net=mail.example.com:587",
      "CONNECT_FAILED Cannot connect to [::1]:25: the permission is missing; run with --allow-net=[::1]:25",
      expect.stringMatching(/^CONFIG_FILE .*mail\.asn: the permission is missing; run with --allow-read=.*mail\.asn$/),
      `CONFIG_FILE ${file}: the permission is missing; run with --allow-read=${file}`,
    ]);
  });
});
