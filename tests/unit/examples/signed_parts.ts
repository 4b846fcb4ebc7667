import { decodeUtf8 } from "../../../lib/bytes/ascii.ts";
import type { Content } from "../../../lib/mime/content.ts";
import { octetsOf } from "../mime/support.ts";

/** The two parts of a `multipart/signed` message, octet by octet, and the whole. */
export async function signedParts(content: Content): Promise<{ whole: string; signed: string; signature: string }> {
  const whole = decodeUtf8(await octetsOf(content));
  const boundary = /boundary="?([^"\r\n;]+)"?/.exec(whole)![1]!;
  const parts = whole.split(`--${boundary}`);
  const [signed, signature] = [parts[1]!, parts[2]!].map((part) => part.slice(2, -2));
  return { whole, signed: signed!, signature: signature!.slice(signature!.indexOf("\r\n\r\n") + 4) };
}
