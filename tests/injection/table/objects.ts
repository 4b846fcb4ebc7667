/** Every object that a caller hands over. @module */
import { CALLS } from "./objects/calls.ts";
import { CREDENTIALS } from "./objects/credentials.ts";
import { ENVELOPE } from "./objects/envelope.ts";
import { MESSAGES } from "./objects/messages.ts";
import { ROADS } from "./objects/roads.ts";
import { SESSIONS } from "./objects/sessions.ts";
import { SETTINGS } from "./objects/settings.ts";
import type { Subject } from "./objects/subject.ts";

/** All of them. */
export const SUBJECTS: readonly Subject[] = [
  ...MESSAGES,
  ...SESSIONS,
  ...CREDENTIALS,
  ...CALLS,
  ...ENVELOPE,
  ...ROADS,
  ...SETTINGS,
];
