/**
 * The users that every server of the tests knows.
 *
 * @module
 */

/** Name and password, awkward ones among them. */
export const USERS: readonly { readonly user: string; readonly password: string }[] = [
  { user: "ada", password: "ada's secret" },
  { user: "grace@posthaste.test", password: "pässwörd ☃" },
  { user: "c=arol,x", password: "c:ar,ol=\"\\%+ 'x'" },
];

/** The user that most tests log on as. */
export const ADA = USERS[0]!;
