/**
 * A host, whose servers come and go.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Ledger } from "../ledger.ts";
import type { LineTemper } from "../network/line.ts";
import type { Link, Peer } from "../network/link.ts";
import type { Site } from "../network/network.ts";
import type { Host } from "./about.ts";
import { SimServer } from "./server.ts";
import type { Sabotage, ServerTemper } from "./temper.ts";

/** Has a server for each connection. */
export class SimSite implements Site, Host {
  readonly name: string;
  readonly line: LineTemper;
  readonly temper: ServerTemper;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly sabotage: Sabotage | undefined;
  readonly known = new Set<string>();
  downUntil = 0;
  readonly #servers = new Set<SimServer>();

  constructor(about: {
    readonly name: string;
    readonly line: LineTemper;
    readonly temper: ServerTemper;
    readonly clock: Clock;
    readonly ledger: Ledger;
    readonly sabotage?: Sabotage | undefined;
  }) {
    this.name = about.name;
    this.line = about.line;
    this.temper = about.temper;
    this.clock = about.clock;
    this.ledger = about.ledger;
    this.sabotage = about.sabotage;
    about.ledger.mails.set(about.name, []);
  }

  serve(link: Link): Peer {
    const about = { host: this, link, dice: link.dice.fork("server") };
    const server: SimServer = new SimServer(about, () => this.#servers.delete(server));
    this.#servers.add(server);
    return server;
  }

  /** Ends every session, and is not there for a while. */
  restart(dice: Dice): void {
    this.downUntil = this.clock.now + dice.pick([1, 300, 20_000]);
    this.ledger.note(`${this.name} restarts`);
    for (const server of [...this.#servers]) server.killed();
  }
}
