/**
 * The status codes: 0 is success, above 0 is success with reservations, and what is below 0 is said for each operation in
 * `STATUS_MEANINGS`.
 *
 * @module
 */

/** The codes by name. One code may mean different things in different operations, hence the names that share one. */
export const STATUS = {
  SUCCESS: 0,
  /** `setSecurity`. */
  UNKNOWN_ENTRY_POINT: -1,
  /** `getSecurity`. */
  NO_SUCH_DRIVER: -1,
  /** `sendMail`, `send` and the files: what has no code of its own. */
  FAILED: -1,
  INVALID: -2,
  ALREADY_LOGGED_ON: -3,
  TOO_LARGE: -6,
  UNSUPPORTED: -7,
  SECURITY_FAILED: -8,
  /** `logoffSmtp` and `send`. */
  NOT_LOGGED_ON: -8,
  /** `setSecurity`. */
  CONTEXT_LOCKED: -8,
  NETWORK: -9,
  INCOMPLETE: -12,
  QUOTA: -15,
} as const;
