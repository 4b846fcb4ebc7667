/**
 * Contents that end early for a server which takes something else for the end of data than a dot alone on a line that CRLF
 * ends (VU#302671).
 *
 * @module
 */
import vectors from "../vectors/smuggling.json" with { type: "json" };

/** One content, in one of the forms that a caller can give it, sent one way. */
export interface Smuggling {
  readonly name: string;
  readonly threats: readonly string[];
  readonly sequence: string;
  readonly form: "text" | "html" | "raw" | "raw, octet by octet" | "attachment";
  readonly way: "DATA" | "BDAT";
}

const FORMS = ["text", "html", "raw", "raw, octet by octet", "attachment"] as const;

/** All of them. */
export const SMUGGLING: readonly Smuggling[] = vectors.sequences.flatMap(({ hex, text }) =>
  FORMS.flatMap((form) =>
    (["DATA", "BDAT"] as const).map((way) => ({
      name: `${hex} in ${form}, by ${way}`,
      threats: ["smuggling"],
      sequence: text,
      form,
      way,
    }))
  )
);

/** What careless servers take for the end of data: all of the vectors but the right one and the one that is text. */
export const CARELESS: readonly string[] = vectors.sequences.map(({ text }) => text)
  .filter((text) => text !== "\r\n.\r\n" && !text.includes("č"));
