/**
 * A server of LMTP (RFC 2033) that is a function.
 *
 * @module
 */
import { ScriptedRuntime, type Wire } from "./scripted_runtime.ts";

/**
 * A server of LMTP that accepts everybody but whom a command begins like `refuse` for; `say` gives the replies to a content,
 * for the recipients that it has.
 */
export function serve(
  say: (wire: Wire, recipients: number) => void,
  { refuse, keywords = [] }: { readonly refuse?: string; readonly keywords?: readonly string[] } = {},
): { runtime: ScriptedRuntime; heard: string[] } {
  const heard: string[] = [];
  const runtime = new ScriptedRuntime((wire) => {
    let input = "";
    let recipients = 0;
    let isContent = false;
    wire.send("220 ready\r\n");
    wire.onWrite = (octets) => {
      input += new TextDecoder().decode(octets);
      for (let end; (end = input.indexOf("\r\n")) >= 0;) {
        const line = input.slice(0, end);
        input = input.slice(end + 2);
        if (isContent) {
          if (line !== ".") continue;
          isContent = false;
          heard.push(line);
          say(wire, recipients);
          continue;
        }
        heard.push(line);
        if (line.startsWith("MAIL")) recipients = 0;
        const isRefused = refuse !== undefined && line.startsWith(refuse);
        if (line.startsWith("RCPT") && !isRefused) recipients++;
        isContent = line === "DATA";
        if (line.startsWith("LHLO")) {
          const all = ["server", "PIPELINING", "PIPECONNECT", "DSN", ...keywords];
          wire.send(`250-${all.join("\r\n250-")}\r\n250 CHUNKING\r\n`);
        } else wire.send(isContent ? "354 go\r\n" : isRefused ? "550 5.1.1 no\r\n" : "250 ok\r\n");
      }
    };
  });
  return { runtime, heard };
}

/** A reply to each recipient. */
export function each(code: (place: number) => string): (wire: Wire, recipients: number) => void {
  return (wire, recipients) => {
    for (let place = 0; place < recipients; place++) wire.send(`${code(place)}\r\n`);
  };
}
