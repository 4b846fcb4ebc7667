import { expect, test } from "vitest";
import { fateOf } from "../../../lib/errors.ts";
import type { SendOptions } from "../../../lib/session/send_options.ts";
import { raw, rejection, silentAt } from "../session/support.ts";
import { clientOf, holding, takenBy } from "./support.ts";

/** What is given where its signal was meant, and other things that are no signals. */
const WRONG = [new AbortController(), {}, null, "abort"];

test.each(["send", "verify", "sendAll"] as const)(
  "SmtpClient.%s refuses what is no signal, and goes on",
  async (way) => {
    const { client, servers } = clientOf({}, {});
    for (const signal of WRONG as never[]) {
      const asked = async (): Promise<unknown> => {
        if (way !== "sendAll") {
          return await (way === "send" ? client.send(raw(), { signal }) : client.verify({ signal }));
        }
        return await client.sendAll([raw()], { signal }).next();
      };
      expect(await rejection(asked())).toMatchObject({ name: "TypeError", message: "signal: must be an AbortSignal" });
    }
    expect(await rejection(client.verify(null as never))).toBeInstanceOf(TypeError);
    await client.send(raw("good@example.net"));
    await client.close();
    expect(takenBy(servers)).toEqual([["good@example.net"]]);
  },
);

test("SmtpClient refuses a signal of its own that is none", () => {
  for (const signal of WRONG as never[]) {
    expect(() => clientOf({ signal }, {})).toThrow(new TypeError("signal: must be an AbortSignal"));
  }
});

test("SmtpClient sends a message as it was asked for, whatever becomes of the options meanwhile", async () => {
  const { behaviour, held } = holding();
  const { client, servers } = clientOf({}, behaviour);
  const controller = new AbortController();
  const options: { -readonly [key in keyof SendOptions]: SendOptions[key] } = { signal: controller.signal };
  const sendings = ["a", "b", "c", "d", "e", "f"].map((name) => client.send(raw(`${name}@example.net`), options));
  delete options.signal;
  options.recipients = "most" as never;
  const last = rejection(sendings.pop()!);
  const reason = new Error("enough");
  controller.abort(reason);
  expect(await last).toBe(reason);
  for (const sending of sendings) sending.catch(() => {});
  for (const answer of held) answer();
  await client.close();
  expect(servers.flatMap(({ taken }) => taken).map(({ to }) => to[0])).not.toContain("f@example.net");
});

test("SmtpClient tells whoever watches that nothing is known, where a reason cannot be told apart", async () => {
  const told: unknown[] = [];
  const { client } = clientOf({
    observe: (event) => {
      if (event.type === "delivery.end") told.push(event.fate);
    },
  }, { reply: silentAt(".") });
  const controller = new AbortController();
  const sending = rejection(client.send(raw(), { signal: controller.signal }));
  await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort("enough");
  expect(fateOf(await sending)).toBe(undefined);
  await client.close();
  expect(told).toEqual(["unknown"]);
});
