/**
 * Which known name a misspelt one was meant to be.
 *
 * @module
 */

/** Longest name that is compared, in UTF-16 code units. */
const MAX_LENGTH = 60;

/** Names the known word nearest to a misspelt one, or lists all of them when none is near; the end of a sentence. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? `known are ${known.join(", ")}` : `did you mean ${near}?`;
}

/** The known word nearest to a misspelt one; `undefined` when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    const distance = editDistance(wanted, lower);
    // `verfy` is far from `verify_server` as a whole, and near to how it begins.
    const start = wanted.length < 4 ? distance : editDistance(wanted, lower.slice(0, wanted.length + 1)) + 1;
    const least = Math.min(distance, start);
    if (least < bestDistance) [best, bestDistance] = [candidate, least];
  }
  return best;
}

/** Levenshtein's distance; for short words, since it takes the product of both lengths. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
