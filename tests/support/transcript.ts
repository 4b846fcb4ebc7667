/**
 * Whole sessions written down (`tests/transcripts/*.txt`).
 *
 * A file opens with comments (`#`) that say what it shows, then come the client's actions, each with what it ends in:
 *
 *     open {"clientName": "bar.com"}        options of Session.open, and "remembered": what is known of the server from an
 *                                           earlier session, "isLmtp": true for the protocol lmtp; the scripted runtime is added
 *     send {"from": "a@b", "to": ["c@d"]}   envelope, options of send, and "stream": true; content is what `content` says.
 *                                           "read": true: readRawMessage has read its header section before. Options of the envelope by the functions that make them: "dsn": {...},
 *                                           "requireTls": true and so on; with "prefer": true, all are preferred
 *     command "HELP"                        a line, or {"vrfy": "ada"}: the function that makes it, with its argument
 *     close                                 logs off; behind what is under way
 *     wait                                  until everything above has ended; the rest of the actions are started at once
 *     = …                                   the outcome of the action above, as `describe` puts it; `open` has `ok`
 *     content                               the lines below it with a `|`, for the sends that follow
 *
 * After `----` comes the session, in the only order that is right: `S:` a line of the server's, `S~` the same without a
 * line end, `C:` a line of the client's (all that stand before an `S:` are waited for, none of those after it may have
 * come), `-- TLS --`, `-- close --`, `-- reset --` (by the server). `\xNN` is an octet in what the server sends.
 *
 * @module
 */

/** What the client does. */
export interface Action {
  readonly kind: "open" | "send" | "command" | "close" | "wait";
  readonly options: Readonly<Record<string, unknown>>;
  readonly content: string;
  readonly outcome: string;
}

/** What the server does, or waits for. */
export type Move =
  | { readonly kind: "say"; readonly octets: Uint8Array }
  | { readonly kind: "hear"; readonly octets: Uint8Array }
  | { readonly kind: "tls" }
  | { readonly kind: "close" }
  | { readonly kind: "reset" };

/** One session. */
export interface Transcript {
  readonly actions: readonly Action[];
  readonly moves: readonly Move[];
}

const encoder = new TextEncoder();
const DEFAULT_CONTENT = "Subject: Hello\r\n\r\nHi\r\n";

/** Reads a transcript. */
export function parseTranscript(text: string): Transcript {
  const [head, session] = text.split(/^----\n/m);
  if (session === undefined) throw new Error("no ---- line");
  return { actions: parseActions(head!), moves: session.split("\n").filter((line) => line !== "").map(parseMove) };
}

function parseActions(head: string): readonly Action[] {
  const actions: { kind: Action["kind"]; options: Action["options"]; content: string; outcome: string }[] = [];
  let content = DEFAULT_CONTENT;
  for (const line of head.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, word, rest] = /^(open|send|command|close|wait|=|content|\|)(?: (.*))?$/.exec(line) ?? [];
    if (word === undefined) throw new Error(`no such action: ${line}`);
    if (word === "=") actions.at(-1)!.outcome = rest!;
    else if (word === "content") content = "";
    else if (word === "|") content += `${rest ?? ""}\r\n`;
    else {
      const given: unknown = rest === undefined ? {} : JSON.parse(rest);
      const options = typeof given === "string" ? { line: given } : given as Action["options"];
      actions.push({ kind: word as Action["kind"], options, content, outcome: "ok" });
    }
  }
  return actions;
}

function parseMove(line: string): Move {
  const [, kind, rest] = /^(S:|S~|C:|-- (?:TLS|close|reset) --)(?: (.*))?$/.exec(line) ?? [];
  switch (kind) {
    case "S:":
      return { kind: "say", octets: octetsOf(`${rest ?? ""}\r\n`) };
    case "S~":
      return { kind: "say", octets: octetsOf(rest ?? "") };
    case "C:":
      return { kind: "hear", octets: encoder.encode(`${rest ?? ""}\r\n`) };
    case "-- TLS --":
      return { kind: "tls" };
    case "-- close --":
      return { kind: "close" };
    case "-- reset --":
      return { kind: "reset" };
    default:
      throw new Error(`no such move: ${line}`);
  }
}

function octetsOf(text: string): Uint8Array {
  const pieces = text.split(/\\x([0-9a-f]{2})/);
  return Uint8Array.from(
    pieces.flatMap((piece, i) => i % 2 === 1 ? [parseInt(piece, 16)] : [...encoder.encode(piece)]),
  );
}
