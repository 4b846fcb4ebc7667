/**
 * Which of the library's options the measurements may use: an option that does not exist is an error.
 *
 * @module
 */

/** `window` of a session: messages in flight where the server offers CHUNKING. */
export const HAS_WINDOW = true;

/** `pool` of a client: its number of sessions. */
export const HAS_POOL = true;
