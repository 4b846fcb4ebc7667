import { expect, test } from "vitest";
import { Job } from "../../../lib/client/job.ts";
import { Pool } from "../../../lib/client/pool.ts";
import { resolvePool } from "../../../lib/client/pool_options.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { raw, scripted } from "../session/support.ts";

test("Pool.close waits for a job that comes in the moment in which the last one has ended", async () => {
  const { runtime, servers } = scripted({
    reply: (line, server) => {
      if (line !== ".") return undefined;
      setTimeout(() => server.say("250 2.0.0 taken"));
      return "";
    },
  });
  const pool = new Pool([{ session: { host: "mail.example", tls: "off", runtime }, pool: resolvePool() }]);
  const ended: string[] = [];
  const submit = (to: string, then: () => void) => {
    const settle = (how: string) => {
      ended.push(`${to} ${how}`);
      then();
    };
    const about = { receipt: () => settle("taken"), error: (error: unknown) => settle(String(error)) };
    pool.submit(new Job({ composed: compose(raw(to)), options: {}, deadline: undefined, settle: about }));
  };
  const last = () => submit("last@example.net", () => {});
  submit("first@example.net", () => queueMicrotask(last));
  await pool.close();
  expect(ended).toEqual(["first@example.net taken", "last@example.net taken"]);
  expect(servers.map(({ commands }) => commands.at(-1))).toEqual(["QUIT"]);
});
