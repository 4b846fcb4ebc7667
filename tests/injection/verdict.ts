/**
 * What is wrong with what became of a string, if anything is.
 *
 * @module
 */
import { SmtpError } from "../../lib/errors.ts";
import type { Inject, Injector } from "./injector.ts";
import { World } from "./world.ts";

/** How a try ended. */
export interface Outcome {
  readonly error: unknown;
  readonly world: World;
}

/** Tries it in a world of its own. */
export async function tried(inject: Inject, text: string): Promise<Outcome> {
  const world = new World();
  try {
    await inject(text, world);
    return { error: undefined, world };
  } catch (error) {
    return { error, world };
  }
}

/** What engines say when code of ours, and not the caller's value, is at fault. */
const ENGINE =
  /is not a function|Cannot read|Cannot set|not iterable|Invalid array length|is not a constructor|call stack/;

/** What is wrong with an error. */
export function faultOf(error: unknown): string | undefined {
  if (error instanceof SmtpError) return textFault(error);
  if (!(error instanceof TypeError) && !(error instanceof RangeError)) return `an error without a type: ${error}`;
  return ENGINE.test(error.message) ? `an engine's error: ${error.stack}` : textFault(error);
}

/** A terminal or a log would do what the text of an error holds. */
function textFault({ message }: Error): string | undefined {
  const holds = /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(message.replaceAll("\n", " "));
  return holds ? `an error's text with control characters: ${JSON.stringify(message)}` : undefined;
}

/** The lines of a skeleton that no string may change; those of a message are indented. */
function shown(skeleton: readonly string[], { loose }: Injector): string {
  return skeleton.filter((line) => loose === undefined || !line.startsWith(" ")).join("\n");
}

/** What is wrong with what became of a string; `harmless` is the skeleton of a word that is taken. */
export function faultsOf(
  { error, world }: Outcome,
  injector: Injector,
  harmless: readonly string[] | undefined,
): string[] {
  const { skeleton, violations } = world.read();
  const isLoose = injector.loose !== undefined;
  const faults = isLoose ? violations.filter((one) => !one.startsWith("a line of")) : [...violations];
  if (error !== undefined) {
    const fault = faultOf(error);
    if (fault !== undefined) faults.push(fault);
    if (injector.late === undefined && world.connected) faults.push(`refused when the connection was open: ${error}`);
    if (skeleton.some((line) => line.startsWith("MAIL"))) faults.push(`refused behind MAIL: ${error}`);
  } else if (harmless === undefined && !injector.language) faults.push("taken, although a harmless word is refused");
  else if (harmless !== undefined && shown(skeleton, injector) !== shown(harmless, injector)) {
    faults.push(`another skeleton: ${JSON.stringify(skeleton)} instead of ${JSON.stringify(harmless)}`);
  }
  return faults;
}
