/**
 * A world in which one string of a caller's is tried out: every server, proxy and token endpoint in it writes down what it
 * gets, and nothing leaves it.
 *
 * @module
 */
import {
  type Message,
  type RawMessage,
  type Receipt,
  type Road,
  type Runtime,
  send,
  type SendOptions,
  Session,
  type SessionOptions,
} from "../../mod.ts";
import { concat } from "../../lib/bytes/ascii.ts";
import { UPopMail, type UPopMailOptions } from "../../lib/uniface/mod.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { readProxyRequest } from "./reading_proxy.ts";
import { readSession } from "./reading.ts";

/** What a message needs. */
export const BASE = { from: "ada@example.com", to: "bob@example.net", text: "Hi" } as const;

/** What servers offer: everything that a string could go into. */
const OFFERS: readonly string[] = [
  ...["PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "DSN", "DELIVERBY", "MT-PRIORITY", "RRVS", "X-TEST"],
  "AUTH PLAIN LOGIN CRAM-MD5 EXTERNAL ANONYMOUS NTLM XOAUTH2 OAUTHBEARER X-OWN",
  "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT",
  "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE",
];

/** Files that there are, whatever their name. */
const FILE = new TextEncoder().encode("content");

/** What differs from one world to another. */
export interface WorldOptions {
  /** What every file holds. */
  readonly file?: Uint8Array<ArrayBuffer>;
  /** Keywords of EHLO. */
  readonly offers?: readonly string[];
}

/** One try. */
export class World {
  readonly runtime: Runtime;
  readonly #scripted: ScriptedRuntime;
  /** What stood somewhere else than in a session: a proxy's request, a token endpoint's. */
  readonly #noted: string[] = [];
  readonly #violations: string[] = [];
  /** How far each connection's octets belong to a proxy. */
  readonly #behind: number[] = [];
  #proxied: "HTTP" | "SOCKS5" | "SOCKS4" | undefined;

  constructor({ file = FILE, offers = OFFERS }: WorldOptions = {}) {
    this.#scripted = new ScriptedRuntime((wire, _, index) => {
      this.#behind[index] = 0;
      const serve = () => void new ScriptedServer(wire, { extensions: offers, reply: authenticating() });
      const kind = this.#proxied;
      if (kind === undefined) return serve();
      let octets = new Uint8Array();
      wire.onWrite = (piece) => {
        octets = concat([octets, piece]);
        const request = readProxyRequest(kind, octets);
        if (request === undefined) return;
        if (request.answer !== undefined) wire.send(request.answer);
        if (request.size === undefined) return;
        this.#behind[index] = request.size;
        this.#noted.push(...request.skeleton);
        this.#violations.push(...request.violations);
        serve();
      };
    });
    const scripted = this.#scripted;
    this.runtime = {
      name: "scripted",
      connect: (options) => scripted.connect(options),
      readFile: () => Promise.resolve(file.slice()),
      openFile: () => Promise.resolve({ size: file.length, octets: new Blob([file]).stream() }),
    };
  }

  /** Whether something was connected to. */
  get connected(): boolean {
    return this.#scripted.wires.length > 0;
  }

  /** Whether an octet was written. */
  get wrote(): boolean {
    return this.#scripted.wires.some((wire) => wire.writes.length > 0);
  }

  /** All that was written. */
  get wire(): string {
    return this.#scripted.wires.map((wire) => wire.text).join("");
  }

  /** Options that keep a session in this world. */
  get own(): { readonly runtime: Runtime } {
    return { runtime: this.runtime };
  }

  /** What was written, as somebody else reads it. */
  read(): { readonly skeleton: readonly string[]; readonly violations: readonly string[] } {
    const skeleton = [...this.#noted];
    const violations = [...this.#violations];
    for (const [index, wire] of this.#scripted.wires.entries()) {
      const session = readSession(concat(wire.writes).subarray(this.#behind[index]));
      skeleton.push("connection", ...session.skeleton);
      violations.push(...session.violations);
    }
    return { skeleton, violations };
  }

  /** Adds what was asked of somebody else. */
  note(skeleton: readonly string[], violations: readonly string[] = []): void {
    this.#noted.push(...skeleton);
    this.#violations.push(...violations);
  }

  /** Sends a message to the server here. */
  send(message: Partial<Message> | RawMessage, options: SessionOptions & SendOptions = {}): Promise<Receipt> {
    const whole = "raw" in message ? message : { ...BASE, ...message };
    return send({ host: "mail.example", tls: "off", runtime: this.runtime, ...options }, whole);
  }

  /** Opens a session, sends the least message, and closes it. */
  open(options: SessionOptions): Promise<Receipt> {
    return send({ host: "mail.example", tls: "off", runtime: this.runtime, ...options }, BASE);
  }

  /** Does something in a session. */
  async within(act: (session: Session) => unknown, options: SessionOptions = {}): Promise<void> {
    const session = await Session.open({ host: "mail.example", tls: "off", runtime: this.runtime, ...options });
    try {
      await act(session);
    } finally {
      await session.close();
    }
  }

  /** Sends over a proxy that takes everything. */
  through(road: Road, kind: "HTTP" | "SOCKS5" | "SOCKS4", options: SessionOptions = {}): Promise<Receipt> {
    this.#proxied = kind;
    return this.open({ proxy: road, ...options });
  }

  /** Uses the status-code API; a status below 0 is the error that stands behind it. */
  async uniface(
    act: (mail: UPopMail) => Promise<number | { readonly status: number }>,
    { logon = true, ...options }: UPopMailOptions & { readonly logon?: boolean } = {},
  ): Promise<void> {
    const mail = new UPopMail({ runtime: this.runtime, allowInsecureAuth: true, ...options });
    if (logon) raise(await mail.logonSmtp("mail.example", "", ""), mail);
    try {
      raise(await act(mail), mail);
    } finally {
      await mail.logoffSmtp();
    }
  }
}

function raise(result: number | { readonly status: number }, mail: UPopMail): void {
  const status = typeof result === "number" ? result : result.status;
  if (status < 0) throw mail.lastError ?? new Error(`status ${status}`);
}

/** Answers of a server that takes whatever credentials it is given, in as many steps as they need. */
function authenticating(): (line: string) => string | undefined {
  let challenges: string[] = [];
  return (line) => {
    const [verb, mechanism, initial] = line.split(" ");
    if (verb === "X-TEST") return "250 fine";
    if (verb === "XCLIENT") return "220 again";
    if (verb !== "AUTH") return challenges.length === 0 ? undefined : challenges.shift();
    if (mechanism === "LOGIN") challenges = ["334 UGFzc3dvcmQ6", "235 taken"];
    else if (mechanism === "CRAM-MD5") challenges = ["235 taken"];
    else if (mechanism === "NTLM") {
      challenges = [`334 ${NTLM_CHALLENGE}`, "235 taken"].slice(initial === undefined ? 0 : 1);
    } else challenges = initial === undefined ? ["235 taken"] : [];
    if (mechanism === "NTLM" && initial !== undefined) return `334 ${NTLM_CHALLENGE}`;
    if (mechanism === "LOGIN") return "334 VXNlcm5hbWU6";
    if (mechanism === "CRAM-MD5") return "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UuZXhhbXBsZS5uZXQ+";
    return initial === undefined ? "334 " : "235 taken";
  };
}

/** A type 2 message with extended session security, Unicode and OEM, and empty target information. */
const NTLM_CHALLENGE = btoa(String.fromCharCode(
  ...[..."NTLMSSP\0"].map((char) => char.charCodeAt(0)),
  ...[2, 0, 0, 0, 0, 0, 0, 0, 56, 0, 0, 0, 0x07, 0x82, 0x88, 0x00],
  ...[1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[4, 0, 4, 0, 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[0, 0, 0, 0],
));
