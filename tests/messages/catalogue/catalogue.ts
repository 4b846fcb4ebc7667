/**
 * Messages of every kind, as data.
 *
 * @module
 */
import { ALTERNATIVES } from "./alternatives.ts";
import { BODIES } from "./bodies.ts";
import type { Case } from "./case.ts";
import { CONVERSATIONS } from "./conversations.ts";
import { FIELDS } from "./fields.ts";
import { FILENAMES } from "./filenames.ts";
import { STRUCTURES } from "./structures.ts";

/** All messages, each with a name of its own. */
export const CATALOGUE: readonly Case[] = [
  ...BODIES,
  ...ALTERNATIVES,
  ...FIELDS,
  ...CONVERSATIONS,
  ...FILENAMES,
  ...STRUCTURES,
];
