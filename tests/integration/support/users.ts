/**
 * The users that every server of the tests knows.
 *
 * @module
 */

/** Somebody who can log on. */
export interface User {
  readonly user: string;
  readonly password: string;
}

/** Awkward names and passwords among them. */
export const USERS: readonly User[] = [
  { user: "ada", password: "ada's secret" },
  { user: "grace@posthaste.test", password: "pässwörd ☃" },
  { user: "c=arol,x", password: "c:ar,ol=\"\\%+ 'x'" },
];

/** The user that most tests log on as. */
export const ADA = USERS[0]!;
