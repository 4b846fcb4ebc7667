/**
 * PRDR with Exim: what is said of each recipient, and who has the message then.
 *
 * @module
 */
import { afterAll, expect, test } from "vitest";
import { join } from "node:path";
import { prdr, Session, SmtpError } from "../../mod.ts";
import { takeDelivered } from "./support/mailbox.ts";
import { octetText } from "./support/parsed.ts";
import { startDebianServers } from "./support/postfix.ts";

const servers = await startDebianServers();
afterAll(() => servers.stop());

const [GRACE, BOB, UNWILLING, BUSY] = ["grace", "bob", "unwilling", "busy"].map((name) => `${name}@posthaste.test`);

async function open(): Promise<{ session: Session; codes: () => readonly (readonly number[])[] }> {
  const codes: (readonly number[])[] = [];
  const session = await Session.open({
    host: "127.0.0.1",
    port: servers.port("exim_plain"),
    tls: "off",
    observe: (event) => event.type === "exchange" && event.phases.includes("final") && codes.push(event.codes),
  });
  return { session, codes: () => codes };
}

function message(subject: string, to: readonly string[]) {
  return { from: "ada@posthaste.test", to, subject, text: "Hi", envelope: { options: [prdr()] } };
}

/** To whom, and how often, Exim has delivered what has this subject, once it has delivered one that was sent later. */
async function deliveredTo(subject: string): Promise<readonly string[]> {
  const { session } = await open();
  await servers.delivered(await session.send(message("the last one", [GRACE!])));
  await session.close();
  const all = await takeDelivered(join(servers.folder, "mail"));
  return all.filter((one) => octetText(one).includes(`Subject: ${subject}\r\n`)).flatMap(({ recipients }) =>
    recipients
  );
}

test("a receipt of prdr names those to whom Exim delivers, and those who were refused behind the content", async () => {
  const { session, codes } = await open();
  const receipt = await session.send(message("each", [GRACE!, UNWILLING!, BUSY!, BOB!]));
  await servers.delivered(receipt);
  await session.close();
  expect(codes()).toEqual([[353], [250, 550, 450, 250, 250]]);
  expect(receipt).toMatchObject({
    accepted: [GRACE, BOB],
    rejected: [
      { recipient: UNWILLING, reply: { code: 550 }, phase: "final" },
      { recipient: BUSY, reply: { code: 450 }, phase: "final" },
    ],
  });
  expect((await deliveredTo("each")).toSorted()).toEqual([BOB, GRACE]);
});

test.each([
  ["deny", [GRACE, BOB], [250, 250, 550], "rejected", true],
  ["defer", [GRACE, UNWILLING], [250, 550, 451], "deferred", true],
  ["drop", [GRACE, BOB], [250, 250, 550], "rejected", true],
  ["for none of them", [UNWILLING, UNWILLING!.replace("u", "U")], [550, 550, 550], "rejected", true],
  ["for none of them now", [UNWILLING, BUSY], [550, 450, 250], "deferred", true],
])("nobody has a message of prdr that is called refused: %s", async (subject, to, said, fate, usable) => {
  const { session, codes } = await open();
  const error = await session.send(message(subject, to as string[])).catch((error: unknown) => error);
  expect(codes()).toEqual([[353], said]);
  expect(error).toBeInstanceOf(SmtpError);
  expect(error).toMatchObject({ name: "RejectedError", phase: "final", fate, sessionUsable: usable });
  const refused = said.slice(0, 2).flatMap((code, place) => code < 400 ? [] : [[to[place], code]]);
  expect((error as SmtpError).rejected!.map(({ recipient, reply }) => [recipient, reply.code])).toEqual(refused);
  await session.close();
  expect(await deliveredTo(subject)).toEqual([]);
});
