/**
 * A network without sockets: connections that take their time to be made, and names that cannot be found.
 *
 * @module
 */
import { ConnectionError } from "../../../lib/errors.ts";
import type { Connection, ConnectOptions, OpenFile, Runtime } from "../../../lib/runtime/runtime.ts";
import type { Clock, Event } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Ledger } from "../ledger.ts";
import type { LineTemper } from "./line.ts";
import { Link, type Peer } from "./link.ts";

/** A host: makes a server for each connection. */
export interface Site {
  readonly line: LineTemper;
  /** Until when it refuses connections, because it restarts. */
  downUntil: number;
  serve(link: Link): Peer;
}

/** What a network needs of its world. */
export interface NetworkAbout {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly dice: Dice;
  readonly sites: ReadonlyMap<string, Site>;
  /** Connections with a host at the same time at most. */
  readonly mostConnections: number;
  /** Messages that may be written whole in a connection and not be answered. */
  readonly window: number;
}

/** The platform. */
export class SimNetwork implements Runtime {
  readonly name = "simulated";
  readonly about: NetworkAbout;
  readonly links: Link[] = [];
  /** Connections by host, those that are being made included. */
  readonly #open = new Map<string, number>();

  constructor(about: NetworkAbout) {
    this.about = about;
  }

  connect(options: ConnectOptions): Promise<Connection> {
    const { clock, ledger, sites, mostConnections, window } = this.about;
    const { host, signal } = options;
    const site = sites.get(host)!;
    const dice = this.about.dice.fork(`link ${this.links.length}`);
    const link = new Link({
      id: this.links.length,
      options,
      line: site.line,
      clock,
      ledger,
      dice,
      window,
      onShut: () => this.#closed(host),
    });
    this.links.push(link);
    const open = (this.#open.get(host) ?? 0) + 1;
    this.#open.set(host, open);
    if (open > mostConnections) ledger.violation(`${open} connections with ${host}; ${mostConnections} are allowed`);
    ledger.note(`c${link.id} connects to ${host}`);
    return new Promise((resolve, reject) => {
      const making: { event?: Event } = {};
      const fail = (error: unknown) => {
        signal?.removeEventListener("abort", onAbort);
        if (making.event !== undefined) making.event.run = undefined;
        link.failed = true;
        this.#closed(host);
        ledger.note(`c${link.id} is not made`);
        reject(error);
      };
      const onAbort = () => fail(signal!.reason);
      const { line } = site;
      const isDown = site.downUntil > clock.now;
      const outcome = isDown || dice.chance(line.refused)
        ? "CONNECT_FAILED"
        : dice.chance(line.dns)
        ? "DNS_FAILED"
        : options.tls === "implicit" && dice.chance(line.tls)
        ? "TLS_FAILED"
        : undefined;
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted === true) return onAbort();
      if (dice.chance(line.lost)) return;
      making.event = clock.after(
        line.latency * (options.tls === "implicit" ? 4 : 2) + dice.real() * line.jitter,
        () => {
          if (outcome !== undefined) return fail(new ConnectionError(outcome, "connect", `simulated ${outcome}`));
          signal?.removeEventListener("abort", onAbort);
          link.peer = site.serve(link);
          resolve(link.connection);
        },
      );
    });
  }

  /** A connection with the host is no more. */
  #closed(host: string): void {
    this.#open.set(host, this.#open.get(host)! - 1);
  }

  readFile(path: string): Promise<Uint8Array> {
    return Promise.reject(new Error(`no file ${path}`));
  }

  openFile(path: string): Promise<OpenFile> {
    return Promise.reject(new Error(`no file ${path}`));
  }
}
