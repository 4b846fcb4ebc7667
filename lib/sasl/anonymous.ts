/**
 * ANONYMOUS (RFC 4505): for servers that let anybody in and want to know whom to write to.
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { InputError } from "../errors.ts";
import type { CustomMechanism } from "./credentials.ts";
import { checkName, oneTooMany } from "./fields.ts";

/** Characters of what is said (RFC 4505 section 2). */
const MAX_TRACE = 255;

/**
 * Makes credentials for ANONYMOUS. `trace` is what the server may write to its log: an e-mail address, or 1 to 255
 * characters without `@`. Default: nothing.
 *
 * @throws {InputError} for a `trace` that is neither
 */
export function anonymous(trace?: string): CustomMechanism {
  const text = trace === undefined ? "" : checkName(trace, "trace");
  if ([...text].length > MAX_TRACE) throw new InputError("trace", `is longer than ${MAX_TRACE} characters`);
  if (text.includes("@") && !/^[^@]+@[^@]+$/.test(text)) throw new InputError("trace", "is no e-mail address");
  return {
    mechanism: () => ({
      name: "ANONYMOUS",
      revealsSecret: false,
      initial: () => encodeUtf8(text),
      next: () => {
        throw oneTooMany("ANONYMOUS");
      },
    }),
  };
}
