/**
 * What `send` is told: a list of options, or the two of them one after the other.
 *
 * @module
 */
import { requireObject, requireType } from "./arguments.ts";
import type { MailingRules } from "./mailer.ts";
import { booleanOption, type OptionList, readOptions, sizeOption } from "./option_list.ts";

/** `MaxSize=1000000;IgnoreRcptError=TRUE`, an object with these keys in any case, or the size alone. */
export type SendOptionList = OptionList | number;

/**
 * Reads them.
 *
 * @throws {InputError}
 * @throws {TypeError} arguments of other types, or both a list and a second argument
 */
export function readSendOptions(options: SendOptionList, ignoreRcptError: boolean | undefined): MailingRules {
  requireSendOptions(options, ignoreRcptError);
  const list = typeof options === "number" ? { MaxSize: options } : options;
  const read = readOptions(list, { field: "options", keys: ["MaxSize", "IgnoreRcptError"] });
  const ignore = ignoreRcptError ?? booleanOption(read.get("IgnoreRcptError"), "IgnoreRcptError");
  return { limit: sizeOption(read.get("MaxSize"), "MaxSize"), recipients: ignore ? "some" : "all" };
}

/** A second argument beside a list would say twice what stands in the list. */
function requireSendOptions(options: SendOptionList, ignoreRcptError: boolean | undefined): void {
  requireType(options, { name: "options", types: ["string", "number", "object"] });
  if (typeof options === "object") requireObject(options, "options");
  requireType(ignoreRcptError, { name: "ignoreRcptError", types: ["boolean", "undefined"] });
  const isList = typeof options === "object" || (typeof options === "string" && options !== "");
  if (isList && ignoreRcptError !== undefined) throw new TypeError("ignoreRcptError: stands in the list of options");
}
