/**
 * What a caller wants to send and cannot.
 *
 * @module
 */

import { setKnown } from "./known.ts";
import { shown } from "./shown.ts";

/**
 * A value of the caller's that cannot be sent as it stands: an address, a header field, a name. Nothing was written, and
 * nothing is ever rewritten into something else.
 */
export class InputError extends TypeError {
  /** The name of the class. */
  override readonly name = "InputError";
  /** The value's place in the call, such as `to[1]`, `subject` or `attachments[0].filename`. */
  readonly field: string;
  /** Where in the value it goes wrong, in UTF-16 code units from 0; absent when it is about the whole. */
  declare readonly position?: number;

  /** Made by this library; tests of a program may make one too. */
  constructor(field: string, message: string, position?: number) {
    super(shown(`${field}: ${message}`));
    this.field = field;
    setKnown<InputError>(this, { position });
  }

  /** What `JSON.stringify` and loggers show: all but the stack. */
  toJSON(): object {
    return { ...this, message: this.message };
  }
}
