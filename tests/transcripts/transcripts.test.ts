/** Each transcript is played whole, octet by octet, and cut at every place and at a sample of pairs of places. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isMine } from "../support/effort.ts";
import { seededNumbers } from "../support/seeded.ts";
import { parseTranscript } from "../support/transcript.ts";
import { type Cuts, play } from "../support/transcript_play.ts";

const PAIRS = 10;
const names = readdirSync(import.meta.dirname!).filter((name) => name.endsWith(".txt")).sort();

test.each(names)("a session goes as %s says, however its octets are cut", async (name) => {
  const transcript = parseTranscript(readFileSync(`${import.meta.dirname}/${name}`, "utf8"));
  const expected = transcript.actions.map((action) => action.outcome.split(" or "));
  const check = async (cuts: Cuts) => {
    const { problems, outcomes, ...played } = await play(transcript, cuts);
    const wrong = outcomes.filter((outcome, i) => !expected[i]!.includes(outcome));
    // Compared by `expect` only when there is something to show: it is called a hundred thousand times.
    if (problems.length + wrong.length > 0) expect({ cuts, problems, outcomes }).toEqual({ problems: [], expected });
    return played;
  };
  const { sent, written } = await check([]);
  expect((await check("every")).written).toBe(written);
  for (let place = 1; place < sent; place++) {
    if (!isMine(place)) continue;
    if ((await check([place])).written !== written) expect.fail(`differs when cut at ${place}`);
  }
  const random = seededNumbers(name.length);
  for (let pair = 0; pair < PAIRS; pair++) {
    const places = [random(sent), random(sent)].sort((a, b) => a - b);
    if ((await check(places)).written !== written) expect.fail(`differs when cut at ${places}`);
  }
});
