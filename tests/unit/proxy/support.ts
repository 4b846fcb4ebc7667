/**
 * Proxies of which every octet is written down.
 *
 * @module
 */
import type { Connection, ConnectOptions, Road, Runtime, TlsLayer } from "../../../mod.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";

/** What a proxy says to one write: octets in hexadecimal or as text, or whatever else it does. */
export type Answer = string | Uint8Array | ((wire: Wire) => void);

/** Octets from hexadecimal digits; blanks between them. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(" ", "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Octets as hexadecimal digits. */
export function hexOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** A runtime on which a proxy gives these answers, one to each write of the client's. */
export function playing(answers: readonly Answer[], cut?: Wire["cut"]): ScriptedRuntime {
  return new ScriptedRuntime((wire) => {
    let next = 0;
    if (cut !== undefined) wire.cut = cut;
    wire.onWrite = () => {
      const answer = answers[next++];
      if (typeof answer === "function") answer(wire);
      else if (answer !== undefined) wire.send(answer);
    };
  });
}

/** The same with TLS that only says for whom it was begun. */
export function withTls(runtime: ScriptedRuntime, begun: string[]): Runtime {
  const prepareTls: Runtime["prepareTls"] = ({ host, port, tlsSettings }) => {
    const settings = JSON.stringify(tlsSettings ?? {});
    const layer: TlsLayer = {
      secure: (connection, { upgrade }) => {
        begun.push(`${upgrade ? "STARTTLS" : "TLS"} with ${host}:${port} ${settings}`);
        return Promise.resolve(connection);
      },
    };
    return Promise.resolve(layer);
  };
  return {
    name: "scripted",
    connect: (options) => runtime.connect(options),
    readFile: (path) => runtime.readFile(path),
    openFile: (path) => runtime.openFile(path),
    prepareTls,
  };
}

/** Connects to the mail server that all tests mean. */
export function reach(
  road: Road,
  runtime: Runtime,
  options: Partial<ConnectOptions> = {},
): Promise<Connection> {
  return road.over(runtime).connect({ host: "mail.example.com", port: 465, tls: "off", ...options });
}

/** The error of what must fail. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  return await promise.then(() => {
    throw new Error("it did not fail");
  }, (error) => error);
}
