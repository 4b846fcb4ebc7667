/**
 * The terminal that standard error goes to, for what a script shows while it works.
 *
 * @module
 */

/** A terminal. */
export interface Terminal {
  /** Characters in a line. */
  readonly columns: number;
  write(text: string): void;
}

/** The stream as Node has it, and every runtime that follows it; looked at with care, as it may be anything or missing. */
interface StandardError {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The terminal of standard error; `undefined` where that goes elsewhere, or where there is no such thing. */
export function errorTerminal(): Terminal | undefined {
  const { process } = globalThis as { readonly process?: { readonly stderr?: StandardError } };
  const stream = process?.stderr;
  if (stream?.isTTY !== true) return undefined;
  return {
    get columns(): number {
      return stream.columns ?? 80;
    },
    write: (text) => {
      stream.write(text);
    },
  };
}
