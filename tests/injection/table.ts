/** Every injector there is. @module */
import type { Injector, Table } from "./injector.ts";
import { MESSAGES } from "./table/messages.ts";
import { OPTIONS } from "./table/options.ts";
import { SESSIONS } from "./table/sessions.ts";
import { UNIFACE } from "./table/uniface.ts";

const TABLE: Table = { ...MESSAGES, ...SESSIONS, ...OPTIONS, ...UNIFACE };

/** Paths and how each is tried. */
export const INJECTORS: readonly (readonly [path: string, injector: Injector])[] = Object.entries(TABLE).map(
  (
    [path, entry],
  ) => [path, typeof entry === "function" ? { ways: [entry] } : "ways" in entry ? entry : { ways: entry }],
);

/** Where the public API is declared. */
export const MODULES: readonly string[] = ["mod.ts", "lib/uniface/mod.ts"];
