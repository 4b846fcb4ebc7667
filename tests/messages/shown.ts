/**
 * Whether a parser still does otherwise what it is known to.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { compose } from "../../lib/mime/compose.ts";
import type { PlainMessage } from "../support/parsers/asked.ts";
import { type Deviation, DEVIATIONS } from "../support/parsers/deviations.ts";
import type { Parser } from "../support/parsers/parsed_message.ts";
import { comparable, expectation, expectSame, found } from "../support/parsers/same.ts";
import { Written } from "../support/parsers/written.ts";
import { BASE } from "./catalogue/case.ts";

/**
 * Reads the message that shows each of the parser's deviations: what comes back has to be what the deviation says, and not
 * what was asked for.
 *
 * @param mending `or mended`: of a parser in whatever version a machine has, a deviation may be gone: then all has to come back
 * @returns the deviations that show
 */
export async function expectShown(parser: Parser, mending: "or mended" | "always"): Promise<readonly Deviation[]> {
  const shown: Deviation[] = [];
  for (const deviation of DEVIATIONS.filter((one) => one.parser.includes(parser.name))) {
    const message: PlainMessage = { ...BASE, ...(deviation.as ?? deviation.shownBy) as Partial<PlainMessage> };
    const composed = compose({ ...BASE, ...deviation.shownBy });
    const octets = new Uint8Array(composed.content.octets!);
    const parsed = await parser.parse(octets);
    const about = { parser: parser.name, messageId: composed.messageId!, written: new Written(octets) };
    const others = DEVIATIONS.filter((one) => one !== deviation);
    const without = comparable(await expectation(message, parsed, { ...about, deviations: others }));
    if (isDeepStrictEqual(comparable(found(parsed)), without)) {
      if (mending === "always") {
        throw new Error(`${parser.name} no longer does this, so take it off the list: ${deviation.what}`);
      }
      continue;
    }
    await expectSame(message, parsed, { ...about, deviations: DEVIATIONS });
    shown.push(deviation);
  }
  return shown;
}
