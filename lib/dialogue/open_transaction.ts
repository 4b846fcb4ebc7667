/**
 * Which transaction a server may still hold open. Whoever begins another one behind it says RSET first: a MAIL that is
 * refused as nested would leave the recipients and the content behind it to the earlier sender (RFC 3030 section 2 calls
 * the state after a refused BDAT indeterminate, and asks for RSET).
 *
 * @module
 */

/** The transaction that was begun last, unless it is known to be over. */
export class OpenTransaction {
  #holder: object | undefined;

  /** Whether one may be open. */
  get exists(): boolean {
    return this.#holder !== undefined;
  }

  /** One begins; what is returned ends it. */
  begin(): object {
    return this.#holder = {};
  }

  /** It is over, whatever began behind it. */
  end(holder: object): void {
    if (this.#holder === holder) this.#holder = undefined;
  }
}
