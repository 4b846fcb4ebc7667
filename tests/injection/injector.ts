/**
 * How a string gets from a caller to the wire.
 *
 * @module
 */
import type { World } from "./world.ts";

/** Uses the public API with a string at one place of it. */
export type Inject = (text: string, world: World) => unknown;

/** A string that is put somewhere. */
export interface Injector {
  /** Each is tried by itself. */
  readonly ways: readonly Inject[];
  /**
   * The caller writes a language there in which characters divide, such as an address list: what divides in it is no
   * stranger's doing.
   */
  readonly language?: boolean;
  /** Why a message's fields and lines may be others with another string; its commands may not. */
  readonly loose?: string;
  /** Why something is written before it is refused: it can only be given to a session that is open. */
  readonly late?: string;
}

/** Paths, and how each is tried. */
export type Table = Readonly<Record<string, Inject | readonly Inject[] | Injector>>;

/** Marks a place whose text is a language of its own. */
export function language(...ways: readonly Inject[]): Injector {
  return { ways, language: true };
}

/** Marks a place whose text may change a message's fields or lines, and says why. */
export function loose(why: string, ...ways: readonly Inject[]): Injector {
  return { ways, language: true, loose: why };
}

/** Marks a place that is found only behind an open session. */
export function late(inject: Inject, why = "it is asked of an open session"): Injector {
  return { ways: [inject], late: why };
}
