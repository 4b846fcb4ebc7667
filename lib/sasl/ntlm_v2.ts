/**
 * What NTLM computes in its version 2 (MS-NLMP section 3.3.2).
 *
 * @module
 */
import { concat } from "../bytes/ascii.ts";
import { md4 } from "./md4.ts";
import { hmacMd5 } from "./md5.ts";

/** What a response is computed from. */
export interface NtlmV2Input {
  readonly user: string;
  readonly password: string;
  /** The domain as it is sent; empty when there is none. */
  readonly domain: string;
  /** 8 octets of the server's. */
  readonly serverChallenge: Uint8Array;
  /** 8 octets of the client's. */
  readonly clientChallenge: Uint8Array;
  /** A time as Windows has it, 8 octets. */
  readonly time: Uint8Array;
  /** What the server told of itself, and what the client adds to it, to its end mark. */
  readonly targetInfo: Uint8Array;
}

/** A response, and the key that goes with it. */
export interface NtlmV2Response {
  readonly ntResponse: Uint8Array;
  readonly lmResponse: Uint8Array;
  readonly sessionKey: Uint8Array;
}

/** Computes the responses and the session key. */
export function ntlmV2(input: NtlmV2Input): NtlmV2Response {
  const { serverChallenge, clientChallenge, time, targetInfo } = input;
  const key = ntowfV2(input);
  const temp = concat([
    Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0),
    time,
    clientChallenge,
    new Uint8Array(4),
    targetInfo,
    new Uint8Array(4),
  ]);
  const proof = hmacMd5(key, concat([serverChallenge, temp]));
  return {
    ntResponse: concat([proof, temp]),
    lmResponse: concat([hmacMd5(key, concat([serverChallenge, clientChallenge])), clientChallenge]),
    sessionKey: hmacMd5(key, proof),
  };
}

/** The key that the password stands behind; the domain counts as it is written, the user does not. */
export function ntowfV2({ user, password, domain }: Pick<NtlmV2Input, "user" | "password" | "domain">): Uint8Array {
  return hmacMd5(md4(utf16(password)), utf16(upperCase(user) + domain));
}

/** Text as UTF-16, the low octet first. */
export function utf16(text: string): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true);
  return new Uint8Array(view.buffer);
}

/** As Windows does it: a character becomes one character or stays. */
function upperCase(text: string): string {
  return [...text].map((character) => {
    const upper = character.toUpperCase();
    return upper.length === character.length ? upper : character;
  }).join("");
}
