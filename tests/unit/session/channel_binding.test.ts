import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { expect, test } from "vitest";
import { Buffer } from "node:buffer";
import { decodeUtf8 } from "../../../lib/bytes/ascii.ts";
import type { Connection, ConnectOptions, Runtime, TlsInfo } from "../../../lib/runtime/runtime.ts";
import { password } from "../../../lib/sasl/password.ts";
import { Session } from "../../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";

interface Served {
  /** The client's first message. */
  readonly first: string;
  readonly mechanism: string;
  /** What the client says of the channel, decoded. */
  readonly bound: string;
  readonly asked: readonly (readonly [string, number])[];
}

/** A server that knows ada's password, and speaks SCRAM-SHA-256 with and without binding. */
function serve(wire: Wire, { tls, offered, notes }: {
  readonly tls: "implicit" | "starttls";
  readonly offered: string;
  readonly notes: Partial<Record<keyof Served, string>>;
}): void {
  const hmac = (key: Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();
  let serverFirst = "";
  let secured = tls === "implicit";
  wire.onTls = () => {
    secured = true;
  };
  const challenge = (text: string) => wire.send(`334 ${Buffer.from(text).toString("base64")}\r\n`);
  wire.onWrite = (octets) => {
    const line = decodeUtf8(octets).trimEnd();
    if (line.startsWith("EHLO")) {
      return wire.send(secured ? `250-me\r\n250 AUTH ${offered}\r\n` : "250-me\r\n250 STARTTLS\r\n");
    }
    if (line === "STARTTLS") return wire.send("220 go\r\n");
    if (line.startsWith("AUTH")) {
      const [, mechanism, initial] = line.split(" ");
      notes.mechanism = mechanism;
      notes.first = Buffer.from(initial, "base64").toString();
      serverFirst = `r=${notes.first.slice(notes.first.indexOf(",r=") + 3)}server,s=c2FsdHk=,i=4096`;
      return challenge(serverFirst);
    }
    if (line === "") return wire.send("235 ok\r\n");
    if (line === "QUIT") return wire.send("221 bye\r\n");
    const final = Buffer.from(line, "base64").toString();
    const [withoutProof] = final.split(",p=");
    notes.bound = Buffer.from(/^c=([^,]+)/.exec(final)![1], "base64").toString("latin1");
    const message = `${notes.first!.slice(notes.first!.indexOf("n=ada"))},${serverFirst},${withoutProof}`;
    const salted = pbkdf2Sync("s3cret", "salty", 4096, 32, "sha256");
    const clientKey = hmac(salted, "Client Key");
    const signature = hmac(createHash("sha256").update(clientKey).digest(), message);
    const proof = Buffer.from(clientKey.map((octet, i) => octet ^ signature[i])).toString("base64");
    if (final !== `${withoutProof},p=${proof}`) return wire.send("535 no\r\n");
    challenge(`v=${hmac(hmac(salted, "Server Key"), message).toString("base64")}`);
  };
  wire.send("220 me\r\n");
}

const EXPORTED = Uint8Array.from({ length: 32 }, (_, i) => 200 + i);

/** Logs on; what the server saw. `info` and `exported` are what the runtime tells of the connection in TLS. */
async function logOn(about: {
  readonly tls: "implicit" | "starttls";
  readonly offered: string;
  readonly info: TlsInfo;
  readonly able: boolean;
}): Promise<Served> {
  const notes: Partial<Record<keyof Served, string>> = {};
  const asked: [string, number][] = [];
  const inner = new ScriptedRuntime((wire) => serve(wire, { ...about, notes }));
  const telling = (connection: Connection): Connection => {
    const startTls = connection.startTls.bind(connection);
    const tls = connection.tls && about.info;
    const exportKeyingMaterial = (label: string, length: number) => (asked.push([label, length]), EXPORTED);
    return {
      peer: connection.peer,
      tls,
      read: () => connection.read(),
      write: (octets) => connection.write(octets),
      startTls: async (options) => telling(await startTls(options)),
      close: () => connection.close(),
      ...(tls && about.able && { exportKeyingMaterial }),
    };
  };
  const runtime: Runtime = {
    name: "telling",
    connect: async (options: ConnectOptions) => telling(await inner.connect(options)),
    readFile: () => inner.readFile(""),
    openFile: () => inner.openFile(""),
  };
  const session = await Session.open({
    host: "mail.example.com",
    tls: about.tls,
    auth: password("ada", "s3cret"),
    runtime,
  });
  await session.close();
  return { ...notes, asked } as Served;
}

const BOTH = "SCRAM-SHA-256 SCRAM-SHA-256-PLUS PLAIN";
const info = { protocol: "TLSv1.3", verified: true };

test.each(["implicit", "starttls"] as const)("Session.open binds SCRAM to the TLS connection (%s)", async (tls) => {
  const { mechanism, first, bound, asked } = await logOn({ tls, offered: BOTH, info, able: true });
  expect([mechanism, first.slice(0, 16)]).toEqual(["SCRAM-SHA-256-PLUS", "p=tls-exporter,,"]);
  expect(bound).toBe(`p=tls-exporter,,${Buffer.from(EXPORTED).toString("latin1")}`);
  expect(asked).toEqual([["EXPORTER-Channel-Binding", 32]]);
});

test.each([
  ["could have, where the server does not offer it", "SCRAM-SHA-256 PLAIN", info, true, "y,,"],
  ["does not, with TLS 1.2", BOTH, { ...info, protocol: "TLSv1.2" }, true, "n,,"],
  ["does not, where the runtime does not tell the version", BOTH, { verified: true }, true, "n,,"],
  ["does not, where the runtime cannot", BOTH, info, false, "n,,"],
])("Session.open says of binding that it %s", async (_what, offered, tlsInfo, able, header) => {
  const { mechanism, first, bound } = await logOn({ tls: "implicit", offered, info: tlsInfo, able });
  expect([mechanism, first.slice(0, 3), bound]).toEqual(["SCRAM-SHA-256", header, header]);
});
