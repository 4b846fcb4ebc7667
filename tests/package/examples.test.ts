/**
 * The examples that need nothing but a mail server, run by Deno with the permissions that their heads name and no others;
 * their hosts and ports alone are replaced. `service.ts` asks an authority of its own for a token; the guide's two programs
 * are run in tests/unit/examples.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test, type TestContext } from "vitest";
import { makePki } from "../support/pki.ts";
import { MailServer, type MailServerOptions, type Taken } from "./mail_server.ts";
import { deno, root, run } from "./run.ts";

const { consumer } = inject("packed");

interface Example {
  readonly name: string;
  readonly server: MailServerOptions["tls"];
  /** What is replaced in the source and in the permissions; PORT is the server's port. */
  readonly replaced: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Runs an example in a folder of its own. */
async function runExample({ onTestFinished }: TestContext, example: Example): Promise<readonly Taken[]> {
  const { name } = example;
  const pki = await makePki();
  const { certificate: cert, key } = pki.servers.good;
  const auth = name === "bulk" ? "ada:secret" : undefined;
  const server = await MailServer.start({ tls: example.server, cert, key, ...(auth && { auth }) });
  onTestFinished(() => server.stop());
  const folder = join(consumer, `example-${name}`);
  await mkdir(folder);
  const source = await readFile(join(root, "examples", `${name}.ts`), "utf8");
  const [, flags] = /^ \* +deno (run .+) examples\//m.exec(source)!;
  const own = (text: string): string =>
    Object.entries(example.replaced).reduce((text, [from, to]) => {
      return text.replaceAll(from, to.replace("PORT", String(server.port)));
    }, text);
  const files = { ...example.files, "root.pem": pki.root, "example.ts": own(source) };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  const permissions = own(flags!).split(" ");
  expect(permissions).not.toContain("-A");
  const config = ["--config", join(root, "deno.json"), "--no-prompt", "--quiet"];
  // What the platform trusts is the platform's to read.
  const env = { DENO_CERT: join(folder, "root.pem") };
  await run(deno, [...permissions, ...config, "example.ts"], { cwd: folder, env });
  return await server.tell("state");
}

test("examples/session.ts runs with the permissions of its head", async (context) => {
  const taken = await runExample(context, {
    name: "session",
    server: "implicit",
    replaced: { "smtp.myorg.com:465": "localhost:PORT", "smtp.myorg.com+465": "localhost+PORT" },
    files: {
      "mail.asn": "[NET_SETTINGS]\nsmtp_profile = ca_certificate=root.pem\n",
      "logo.png": "a picture",
      "report.pdf": "%PDF",
    },
  });
  expect(taken.map(({ tls, to }) => [tls, to.length])).toEqual([[true, 1], [true, 3]]);
});

test("examples/raw_and_streams.ts runs with the permissions of its head", async (context) => {
  const taken = await runExample(context, {
    name: "raw_and_streams",
    server: "off",
    replaced: { "127.0.0.1:25": "127.0.0.1:PORT", "127.0.0.1+25": "127.0.0.1+PORT", "1_000_000": "10_000" },
    files: { "saved.eml": "From: ada@example.com\r\n\r\nsaved\r\n" },
  });
  expect(taken.map(({ to }) => to)).toEqual([["bob@example.net"], ["bob@example.net"]]);
  expect(taken[0]!.content).toContain("saved");
});

test("examples/bulk.ts runs with the permissions of its head", async (context) => {
  const taken = await runExample(context, {
    name: "bulk",
    server: "implicit",
    replaced: {
      "mail.example.com:465": "localhost:PORT",
      '"smtps://mail.example.com"': '"smtps://localhost:PORT"',
      "10_000": "20",
    },
    files: {},
  });
  expect(taken.map(({ tls, user }) => [tls, user])).toEqual(Array(20).fill([true, "ada"]));
});

test("the program in docs/testing.md runs, with no permission at all", async () => {
  const guide = await readFile(join(root, "docs/testing.md"), "utf8");
  const path = join(consumer, "testing.ts");
  await writeFile(path, /^```ts\n([^]*?)^```$/m.exec(guide)![1]!);
  const config = ["--config", join(root, "deno.json"), "--no-prompt", "--quiet"];
  expect(await run(deno, ["run", ...config, path], { cwd: consumer })).toBe("1 true\nMESSAGE_REFUSED rejected\n");
});
