/** All parsers that are fuzzed. @module */
import type { Target } from "./target.ts";
import { ADDRESSES } from "./targets/addresses.ts";
import { CALLERS } from "./targets/callers.ts";
import { COMPOSING } from "./targets/composing.ts";
import { ENCODINGS } from "./targets/encodings.ts";
import { KEYS } from "./targets/keys.ts";
import { MESSAGES } from "./targets/messages.ts";
import { PROFILES } from "./targets/profiles.ts";
import { STRANGERS } from "./targets/strangers.ts";
import { WIRE } from "./targets/wire.ts";

/** In the order of their turns. */
export const TARGETS: readonly Target[] = [
  ...ADDRESSES,
  ...WIRE,
  ...PROFILES,
  ...KEYS,
  ...MESSAGES,
  ...COMPOSING,
  ...ENCODINGS,
  ...STRANGERS,
  ...CALLERS,
];
