/**
 * Inputs of a grammar, and such as nearly are: now and then something else stands where a rule should.
 *
 * @module
 */
import type { Dice } from "./mutate.ts";

/** Makes one input: a character an octet where none is beyond U+00FF, else UTF-8. */
export type Grammar = (dice: Dice) => string;

/** For each name what may stand for it, with `¦` between; `{name}` is another one, and the first comes to an end. */
export type Rules = Readonly<Record<string, string>>;

/** Depth from which on the first alternative is taken, and characters from which on nothing more is put in. */
const DEEP = 24;
const LONG = 2_000;
/** One rule in so many is broken. */
const FAULTS = 60;

/** Texts that rules make of the name `start`. */
export function grammarOf(rules: Rules): Grammar {
  const names = Object.keys(rules);
  const pieces = new Map(names.map((name) => [name, rules[name]!.split("¦").map((text) => text.split(/\{(\w+)\}/))]));
  const asked = [...pieces.values()].flat().flatMap((one) => one.filter((_, at) => at % 2 === 1));
  const unknown = ["start", ...asked].find((name) => !pieces.has(name));
  if (unknown !== undefined) throw new Error(`The grammar has no rule ${unknown}`);
  return (dice) => {
    let room = LONG;
    const make = (name: string, depth: number): string => {
      const alternatives = pieces.get(name)!;
      const faulty = dice(FAULTS) === 0 ? dice(3) : -1;
      if (faulty === 0) return "";
      if (faulty === 1 && depth < DEEP) return make(names[dice(names.length)]!, depth + 1);
      const one = alternatives[depth > DEEP || room < 0 ? 0 : dice(alternatives.length)]!;
      let text = one[0]!;
      for (let at = 1; at < one.length; at += 2) text += make(one[at]!, depth + 1) + one[at + 1]!;
      room -= text.length;
      return faulty === 2 ? text + text : text;
    };
    return make("start", 0);
  };
}

/** DER (X.690): a tag, a length and the content; now and then the length is another one, or in another form. */
export function der(dice: Dice, tag: number, content: string): string {
  const fault = dice(60);
  const length = fault === 0 ? dice(300) : content.length;
  const size = fault === 1 ? 1 + dice(4) : length < 0x80 ? 0 : length < 0x100 ? 1 : 2;
  const octets = Array.from({ length: size }, (_, at) => length >>> 8 * (size - 1 - at) & 0xff);
  return String.fromCharCode(tag, size === 0 ? length & 0x7f : 0x80 | size, ...octets) + content;
}
