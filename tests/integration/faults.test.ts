/**
 * A bad network between the library and a real Postfix. Afterwards what the library said of each recipient and what Postfix
 * delivered agree: accepted is delivered exactly once, `unsent`, `deferred` and `rejected` are not, `unknown` at most once,
 * and each copy is what was sent. `POSTHASTE_CUTS=all` has sessions cut at every octet, which takes minutes; by default
 * at every so many.
 */
import { afterAll, expect, test } from "vitest";
import process from "node:process";
import { join } from "node:path";
import { Account } from "./faults/account.ts";
import { cutAt, measure, type Place, type Play } from "./faults/cut.ts";
import type { Fault, Link, Way } from "./support/fault_proxy.ts";
import { live } from "./faults/live.ts";
import { together } from "./faults/together.ts";
import { type World, worldOf } from "./faults/worlds.ts";
import { startFaultProxy } from "./support/fault_proxy.ts";
import { type Delivered, takeDelivered } from "./support/mailbox.ts";
import { restOf, SessionCount } from "./support/postfix_rest.ts";
import { startPostfix } from "./support/postfix.ts";
import { trusting } from "./support/profiles.ts";
import { ADA } from "./support/users.ts";

const postfix = await startPostfix();
const proxy = startFaultProxy();
const profile = await trusting(postfix);
afterAll(async () => {
  await proxy.stop();
  await postfix.stop();
});

const ALL = process.env.POSTHASTE_CUTS === "all";
const WORLDS = Number(process.env.POSTHASTE_WORLDS ?? 6);
const LIMIT = (ALL ? 3_600_000 : 60_000) + WORLDS * 5_000;
const WAYS: readonly Way[] = ["up", "down"];

const PLAYS: readonly Play[] = [
  {
    name: "a message by DATA",
    target: postfix.port("plain"),
    options: { tls: "off", chunking: false },
    messages: 1,
  },
  { name: "two messages by BDAT", target: postfix.port("plain"), options: { tls: "off" }, messages: 2 },
  {
    name: "a message after STARTTLS and AUTH",
    target: postfix.port("submission"),
    options: { tls: "starttls", profile, auth: ADA },
    messages: 1,
  },
];
const [byData, byBdat, byStartTls] = PLAYS as [Play, Play, Play];

/** Every octet, or every so many of them: 0 and the end are among them. */
function placesOf(total: number, stride: number): number[] {
  const step = ALL ? 1 : stride;
  const places = Array.from({ length: Math.ceil(total / step) }, (_, index) => index * step);
  return [...places, total];
}

/** What was delivered, when Postfix has done all it has to. */
async function deliveredAfter(sessions: number, count: SessionCount): Promise<Delivered[]> {
  await restOf(postfix.folder, { count, sessions });
  return await takeDelivered(join(postfix.folder, "mail"));
}

const CUTS: readonly ((at: number) => Fault)[] = [
  (at) => ({ at, act: "hang" }),
  (at) => ({ at, act: "reset" }),
  (at) => ({ at, act: "half-close" }),
  (at) => ({ at, act: "close" }),
];
/** In clear text nobody can tell an octet that was changed; after STARTTLS each one shows. */
const CORRUPT = (at: number): Fault => ({ at, act: "corrupt", mask: 1 << at % 8 });

let first = 0;

test.each([
  { play: byData, acts: CUTS, stride: 61 },
  { play: byBdat, acts: CUTS, stride: 97 },
  { play: byStartTls, acts: [...CUTS, CORRUPT], stride: 293 },
])("Session.send tells what became of $play.name, wherever the connection is cut", async ({ play, acts, stride }) => {
  const account = new Account();
  const count = await SessionCount.from(postfix.folder);
  const totals = await measure({ proxy, play, account, first: first++ });
  const places = WAYS.flatMap((way) =>
    placesOf(totals[way], stride).flatMap((at): Place[] => acts.map((act) => ({ way, fault: act(at) })))
  );
  const { connections, missed } = await cutAt(places, { proxy, play, account, first });
  first += places.length;
  account.compare(await deliveredAfter(connections + 1, count));
  expect(account.problems).toEqual([]);
  console.log(
    `${play.name} (${totals.up} octets up, ${totals.down} down): ${places.length} sessions, ${missed} over before ` +
      `their place, ${JSON.stringify(account.tally)}`,
  );
  // TLS has a length of its own each time.
  expect(missed).toBeLessThan(places.length / 5);
  expect(Math.min(account.tally.accepted, account.tally.unsent, account.tally.unknown)).toBeGreaterThan(0);
}, LIMIT);

async function livedThrough(
  worlds: readonly World[],
  compare: (account: Account, delivered: readonly Delivered[]) => void,
): Promise<Account> {
  const account = new Account();
  const count = await SessionCount.from(postfix.folder);
  const links: Link[] = [];
  await together(worlds, 4, async (world) => {
    const target = postfix.port(world.listener);
    links.push(...await live(world, { proxy, target, profile, auth: ADA, account }));
  });
  const delivered = await deliveredAfter(links.filter(({ connected }) => connected).length, count);
  compare(account, delivered);
  const messages = worlds.reduce((sum, { postings }) => sum + postings.length, 0);
  const faults = links.reduce((sum, { struck }) => sum + struck, 0);
  console.log(
    `${worlds.length} worlds, ${messages} messages, ${links.length} connections, ${faults} faults: ` +
      `${JSON.stringify(account.tally)}, ${delivered.length} copies`,
  );
  expect(account.problems).toEqual([]);
  expect(faults).toBeGreaterThan(worlds.length);
  return account;
}

test("SmtpClient and Session tell what became of each message, whatever the network does", async () => {
  const worlds = Array.from({ length: WORLDS }, (_, index) => worldOf(index + 1));
  const { tally } = await livedThrough(worlds, (account, delivered) => account.compare(delivered));
  expect(Math.min(tally.accepted, tally.unsent)).toBeGreaterThan(0);
}, LIMIT);

test(
  "SmtpClient and Session end, and nobody gets a message twice, where octets are changed in clear text",
  async () => {
    const worlds = Array.from({ length: Math.ceil(WORLDS / 3) }, (_, index) => worldOf(index + 1, { corrupt: true }));
    await livedThrough(worlds, (account, delivered) => account.compareCopies(delivered));
  },
  LIMIT,
);
