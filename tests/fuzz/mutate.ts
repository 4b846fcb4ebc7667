/**
 * Inputs from inputs: octets changed, words put in, pieces repeated, moved and crossed with others.
 *
 * @module
 */

/** Whole numbers from 0 to below a limit. */
export type Dice = (limit: number) => number;

/** Octets of an input at most. */
export const MOST = 4_096;

const INTERESTING: readonly number[] = [
  0,
  9,
  10,
  13,
  32,
  34,
  40,
  41,
  44,
  46,
  58,
  59,
  60,
  61,
  62,
  64,
  92,
  127,
  128,
  255,
];

const encoder = new TextEncoder();

type Change = (input: Uint8Array, dice: Dice, about: About) => Uint8Array;

/** What there is to take from. */
export interface About {
  readonly words: readonly string[];
  readonly others: readonly Uint8Array[];
}

const CHANGES: readonly Change[] = [
  (input, dice) => replaced(input, dice(input.length + 1), 0, Uint8Array.of(INTERESTING[dice(INTERESTING.length)]!)),
  (input, dice) => replaced(input, dice(input.length + 1), 0, Uint8Array.of(dice(256))),
  (input, dice) => replaced(input, dice(input.length + 1), 1, Uint8Array.of(INTERESTING[dice(INTERESTING.length)]!)),
  (input, dice) =>
    replaced(input, dice(input.length + 1), 1, Uint8Array.of((input[dice(input.length)] ?? 0) ^ (1 << dice(8)))),
  (input, dice) => replaced(input, dice(input.length + 1), 1 + dice(8), new Uint8Array()),
  (input, dice, { words }) => replaced(input, dice(input.length + 1), dice(2) * dice(6), word(words, dice)),
  (input, dice, { words }) => replaced(input, dice(input.length + 1), 0, word(words, dice)),
  (input, dice) => {
    const [from, size] = [dice(input.length + 1), 1 + dice(20)];
    const piece = input.slice(from, from + size);
    const times = 1 + dice(dice(8) === 0 ? 200 : 4);
    const repeated = new Uint8Array(piece.length * times);
    for (let at = 0; at < times; at++) repeated.set(piece, at * piece.length);
    return replaced(input, from, 0, repeated);
  },
  (input, dice) => {
    const [from, size] = [dice(input.length + 1), 1 + dice(20)];
    const piece = input.slice(from, from + size);
    return replaced(replaced(input, from, size, new Uint8Array()), dice(input.length + 1), 0, piece);
  },
  (input, dice, { others }) => {
    const other = others[dice(others.length)];
    if (other === undefined) return input;
    return replaced(input, dice(input.length + 1), input.length, other.slice(dice(other.length + 1)));
  },
  (input, dice) => input.slice(0, dice(input.length + 1)),
];

function word(words: readonly string[], dice: Dice): Uint8Array {
  return encoder.encode(words[dice(words.length)] ?? "");
}

function replaced(input: Uint8Array, at: number, size: number, by: Uint8Array): Uint8Array {
  const behind = input.subarray(at + size);
  const result = new Uint8Array(Math.min(at, input.length) + by.length + behind.length);
  result.set(input.subarray(0, at));
  result.set(by, Math.min(at, input.length));
  result.set(behind, Math.min(at, input.length) + by.length);
  return result;
}

/** A text of words, and of characters now and then. */
export function wordsOf(words: readonly string[], dice: Dice): Uint8Array {
  let text = "";
  for (let left = dice(24); left > 0; left--) {
    const kind = dice(8);
    if (kind < 6) text += words[dice(words.length)] ?? "";
    else text += String.fromCodePoint(kind === 6 ? 32 + dice(95) : dice(dice(2) === 0 ? 0x100 : 0xd800));
  }
  return encoder.encode(text).subarray(0, MOST);
}

/** Changes an input in one to eight ways. */
export function mutated(input: Uint8Array, dice: Dice, about: About): Uint8Array {
  let result = input;
  for (let left = 1 + dice(1 + dice(8)); left > 0; left--) result = CHANGES[dice(CHANGES.length)]!(result, dice, about);
  return result.subarray(0, MOST);
}

/**
 * Makes an input as short as it can be with something still true of it: pieces are left out, the large ones first, then
 * octets made to letters.
 */
export async function shrunk(
  input: Uint8Array,
  holds: (input: Uint8Array) => Promise<boolean>,
  tries: number = 2_000,
): Promise<Uint8Array> {
  let best = input;
  let left = tries;
  for (let size = Math.ceil(best.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && left > 0;) {
      const shorter = replaced(best, at, size, new Uint8Array());
      left--;
      if (shorter.length < best.length && await holds(shorter)) best = shorter;
      else at += size;
    }
  }
  for (let at = 0; at < best.length && left > 0; at++, left--) {
    if (best[at] === 0x61) continue;
    const plainer = replaced(best, at, 1, Uint8Array.of(0x61));
    if (await holds(plainer)) best = plainer;
  }
  return best;
}
