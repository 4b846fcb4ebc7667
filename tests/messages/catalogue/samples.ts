/**
 * Texts that show something, for names, subjects, filenames and bodies.
 *
 * @module
 */

/** A few words in each script. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  "latin": "Žluťoučký kůň, naïve Straße",
  "cyrillic": "Съешь же ещё этих мягких булок",
  "greek": "Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία",
  "arabic": "مرحبا بالعالم",
  "arabic with vowel signs": "السَّلَامُ عَلَيْكُمْ",
  "hebrew": "דג סקרן שט בים",
  "devanagari": "नमस्ते दुनिया",
  "thai": "สวัสดีชาวโลก ผู้ใหญ่บ้าน",
  "han": "視野無限廣 窗外有藍天",
  "kana": "いろはにほへと チリヌルヲ",
  "hangul": "키스의 고유조건은 입술끼리",
  "hangul in conjoining letters": "\u1112\u1161\u11ab\u1100\u1173\u11af",
  "emoji": "😀🎉🚀",
  "emoji in ZWJ sequences": "👩‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍🚀",
  "combining marks": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚a̴̵̞̗l̖̱g͕̯o",
  "astral letters": "𝒜𝔟𝕔 𐌰𐌱𐌲 𠀋𠂢",
  "both directions": "abc אבג def ‏عربي‎ 123",
  "direction overrides": "gpj.\u202Efdp.exe",
  "zero width": "a\u200Bb\u2060c\uFEFFd",
  "no-break and wide blanks": "a\u00A0b\u3000c\u2003d",
  "noncharacters and private use": "\uE000 \u{10FFFD} \uFFFD",
};

/** ASCII that some syntax takes for its own. */
export const SPECIALS: Readonly<Record<string, string>> = {
  "comma": "Lovelace, Ada",
  "quotes": 'Ada "the" Lovelace',
  "a quote alone": '"',
  "backslashes": "back\\slash \\\\ \\",
  "brackets": "<ada@example.org>",
  "an address": "eve@example.org",
  "an address list": "eve@example.org, mallory@example.org",
  "a group": "group: a@example.org;",
  "parentheses": "Ada (Lovelace) ((x) y",
  "semicolon, colon, equals": "a;b=c: d",
  "single quotes": "O'Brien 'x'",
  "percent": "100% %41 %zz",
  "dots": "J. R. R. Tolkien ...",
  "an encoded word": "=?utf-8?q?x.exe?=",
  "the beginning of an encoded word": "=?utf-8?q?",
  "an encoded word within a word": "a=?utf-8?q?b?=c",
  "two encoded words": "=?utf-8?Q?a?= =?utf-8?B?Yg==?=",
  "an unknown charset": "=?x-none?q?abc?=",
  "an extended value": "utf-8''x%20y",
  "stars": "a*b *0*= filename*=x",
  "equals and question marks": "?= =? ?Q? ==??",
  "underscores": "a_b__c _d_",
  "a URL": "https://example.org/?a=b&c=d#e",
  "HTML": '<a href="x">&amp;</a>',
  "blanks in a row": "a  b   c",
  "one letter": "a",
};

/** The name of a field with its colon and blank, filled up to so many columns by words of ten characters. */
export function filled(columns: number, taken = 0): string {
  return "abcdefghi ".repeat(Math.ceil(columns / 10)).slice(0, columns - taken - 1) + "z";
}
