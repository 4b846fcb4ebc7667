/** An object that a caller hands over: what is in a good one, and what is done with it. @module */
import type { World } from "../../world.ts";

/** An object, and the types whose keys it may have. */
export interface Subject {
  readonly name: string;
  readonly types: readonly string[];
  /** Default: those of its types. */
  readonly keys?: readonly string[];
  /** A good one, with some of its keys. */
  readonly make: (world: World) => object;
  /** Hands it over; what it gives is compared. */
  readonly use: (object: never, world: World) => unknown;
  /** Why it may have other keys too. */
  readonly open?: string;
  /** Why one that inherits something is refused. */
  readonly plain?: string;
}

/** Where all servers are. */
export const SERVER = { host: "mail.example", tls: "off" } as const;

/** Hands an object over. */
export type Use = Subject["use"];

/** A subject that is called by its first type, and has an object or makes one. */
export function subject(types: string | readonly string[], object: object | Subject["make"], use: Use): Subject {
  const make = typeof object === "function" ? object as Subject["make"] : () => ({ ...object });
  const all = typeof types === "string" ? [types] : types;
  return { name: all[0]!, types: all, make, use };
}

/** The same by another name. */
export function named(name: string, one: Subject): Subject {
  return { ...one, name };
}
