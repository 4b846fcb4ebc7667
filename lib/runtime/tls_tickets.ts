/**
 * TLS sessions to resume (RFC 8446 section 2.2, RFC 5077): what a server gave a client at the end of one handshake makes
 * the next one shorter, without certificates. So nothing is checked anew when a session is resumed, and a ticket stands for
 * what was checked when its session began: it is kept under everything that was checked (server, name, every setting), in
 * memory alone, and not for long.
 *
 * @module
 */

/** Milliseconds from the handshake in which the certificate was checked. Own limit: a revoked trust anchor is felt soon. */
const LIFETIME = 600_000;
/** Servers, and settings for one, that are remembered. Own limit; those used last stay. */
const MAX_KEYS = 128;
/** Tickets for each. Own limit: OpenSSL's servers give two a handshake, and a pool opens several sessions at once. */
const MAX_TICKETS = 8;

/** When a server's certificate was checked, and when it is no longer valid; milliseconds since 1970. */
export interface Checked {
  readonly checkedAt: number;
  readonly validTo: number;
}

/** One session to resume, as the platform gave it. */
export interface Ticket extends Checked {
  readonly session: Uint8Array;
}

/** Tickets by what they stand for. */
export class TicketStore {
  readonly #tickets = new Map<string, Ticket[]>();

  /** Keeps a ticket; the oldest make room. */
  keep(key: string, ticket: Ticket): void {
    const tickets = this.#tickets.get(key) ?? [];
    tickets.push(ticket);
    if (tickets.length > MAX_TICKETS) tickets.shift();
    this.#tickets.delete(key);
    this.#tickets.set(key, tickets);
    for (const oldest of this.#tickets.keys()) {
      if (this.#tickets.size <= MAX_KEYS) break;
      this.#tickets.delete(oldest);
    }
  }

  /** Takes the latest ticket that still holds, for one use (RFC 8446 appendix C.4). */
  take(key: string, now: number = Date.now()): Ticket | undefined {
    const valid = (this.#tickets.get(key) ?? []).filter(({ checkedAt, validTo }) =>
      // A clock that was set back makes no ticket young.
      checkedAt <= now && now < checkedAt + LIFETIME && now < validTo
    );
    const ticket = valid.pop();
    if (valid.length === 0) this.#tickets.delete(key);
    else this.#tickets.set(key, valid);
    return ticket;
  }
}
