/**
 * The three messages of NTLM (MS-NLMP section 2.2.1) and the list of attributes in the second (2.2.2.1).
 *
 * @module
 */
import { concat, encodeUtf8 } from "../bytes/ascii.ts";
import { ProtocolError } from "../errors.ts";

/** Flags of a negotiation (MS-NLMP section 2.2.2.5). */
export const NTLM_FLAGS = {
  unicode: 0x1,
  oem: 0x2,
  requestTarget: 0x4,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  extendedSessionSecurity: 0x80000,
  targetInfo: 0x800000,
} as const;

const SIGNATURE = encodeUtf8("NTLMSSP\0");
/** Attributes of a target: the end of the list, flags, the server's time. */
const END = 0;
const FLAGS = 6;
const TIMESTAMP = 7;
/** Of the attribute of flags: the last message carries a code over all three. */
const HAS_MIC = 2;
/** Where that code stands, and the sizes of the last message's header without it and with it. */
const MIC_AT = 72;
const HEADER_WITH_MIC = 88;

/** The first message: what the client can do. */
export function negotiateMessage(flags: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(32);
  const view = new DataView(message.buffer);
  message.set(SIGNATURE);
  view.setUint32(8, 1, true);
  view.setUint32(12, flags, true);
  view.setUint32(20, message.length, true);
  view.setUint32(28, message.length, true);
  return message;
}

/** What a server says in the second message. */
export interface NtlmChallenge {
  readonly flags: number;
  readonly serverChallenge: Uint8Array;
  readonly targetInfo: Uint8Array;
}

/** Reads the second message. @throws {ProtocolError} */
export function readChallenge(message: Uint8Array): NtlmChallenge {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (message.length < 32 || !SIGNATURE.every((octet, i) => octet === message[i]) || view.getUint32(8, true) !== 2) {
    throw new ProtocolError("auth", "The server's NTLM challenge is none");
  }
  const flags = view.getUint32(20, true);
  const serverChallenge = message.slice(24, 32);
  // Cyrus SASL says nothing about itself, and takes version 2 all the same.
  if ((flags & NTLM_FLAGS.targetInfo) === 0) return { flags, serverChallenge, targetInfo: new Uint8Array(4) };
  const [size, at] = message.length < 48 ? [0, 0] : [view.getUint16(40, true), view.getUint32(44, true)];
  if (at < 48 || at + size > message.length) {
    throw new ProtocolError("auth", "The server's NTLM challenge points outside of itself");
  }
  return { flags, serverChallenge, targetInfo: message.slice(at, at + size) };
}

/** What goes back of what a server said about itself. */
export interface NtlmTarget {
  readonly targetInfo: Uint8Array;
  /** The server's own time; it then wants a code over the three messages. */
  readonly timestamp: Uint8Array | undefined;
}

/** Copies the attributes up to their end mark, and adds that a code is there where it is wanted. @throws {ProtocolError} */
export function answerTarget(targetInfo: Uint8Array): NtlmTarget {
  const pairs: Uint8Array[] = [];
  let timestamp: Uint8Array | undefined;
  let flags = 0;
  const view = new DataView(targetInfo.buffer, targetInfo.byteOffset, targetInfo.byteLength);
  for (let at = 0;;) {
    if (at + 4 > targetInfo.length) throw malformed();
    const id = view.getUint16(at, true);
    if (id === END) break;
    const size = view.getUint16(at + 2, true);
    if (at + 4 + size > targetInfo.length) throw malformed();
    if (id === TIMESTAMP) {
      if (size !== 8) throw malformed();
      timestamp = targetInfo.slice(at + 4, at + 12);
    }
    if (id === FLAGS && size === 4) flags = view.getUint32(at + 4, true);
    else pairs.push(targetInfo.subarray(at, at + 4 + size));
    at += 4 + size;
  }
  if (timestamp !== undefined) flags |= HAS_MIC;
  if (flags !== 0) {
    const pair = new DataView(new ArrayBuffer(8));
    pair.setUint16(0, FLAGS, true);
    pair.setUint16(2, 4, true);
    pair.setUint32(4, flags, true);
    pairs.push(new Uint8Array(pair.buffer));
  }
  return { targetInfo: concat([...pairs, new Uint8Array(4)]), timestamp };
}

function malformed(): ProtocolError {
  return new ProtocolError("auth", "What the server's NTLM challenge says about the server is cut short");
}

/** What the last message holds. */
export interface NtlmAnswer {
  readonly flags: number;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly domain: Uint8Array;
  readonly user: Uint8Array;
  readonly workstation: Uint8Array;
  /** Makes the code over the three messages, of the last one with zeros in its place; left out where none is wanted. */
  readonly mic?: ((message: Uint8Array) => Uint8Array) | undefined;
}

/** The last message. */
export function authenticateMessage(answer: NtlmAnswer): Uint8Array {
  const { mic } = answer;
  const header = new Uint8Array(mic === undefined ? MIC_AT : HEADER_WITH_MIC);
  const view = new DataView(header.buffer);
  header.set(SIGNATURE);
  view.setUint32(8, 3, true);
  const fields: readonly (readonly [at: number, octets: Uint8Array])[] = [
    [28, answer.domain],
    [36, answer.user],
    [44, answer.workstation],
    [12, answer.lmResponse],
    [20, answer.ntResponse],
    [52, new Uint8Array(0)],
  ];
  let end = header.length;
  for (const [at, octets] of fields) {
    view.setUint16(at, octets.length, true);
    view.setUint16(at + 2, octets.length, true);
    view.setUint32(at + 4, end, true);
    end += octets.length;
  }
  view.setUint32(60, answer.flags, true);
  const message = concat([header, ...fields.map(([, octets]) => octets)]);
  if (mic !== undefined) message.set(mic(message), MIC_AT);
  return message;
}
