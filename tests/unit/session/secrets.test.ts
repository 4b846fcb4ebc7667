import { expect, test } from "vitest";
import { Session } from "../../../lib/session/session.ts";
import type { Credentials } from "../../../lib/sasl/credentials.ts";
import { raw, scripted } from "./support.ts";

/** Everything that can be reached from a value, as text. */
function inside(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  const own = Reflect.ownKeys(value).map((key) => inside((value as Record<PropertyKey, unknown>)[key], seen));
  return [String(value), JSON.stringify(value) ?? "", ...own].join("\n");
}

/** What the client said since EHLO, as it came and decoded. */
function echo(heard: readonly string[]): string {
  const words = heard.slice(1, 5).flatMap((line) => line.split(" "));
  const clear = words.filter((word) => /^[\w+/]{7,}=*$/.test(word) && word.length % 4 === 0).map((word) => atob(word));
  return [...words, ...clear].join(" ").split("\0").join(" ").split("\x01").join(" ");
}

const SECRET = "hunter2 and more";
const TOKEN = "hunter2-token";

const logOns: readonly [string, Credentials, (round: number) => string][] = [
  ["PLAIN", { user: "ada", password: SECRET }, () => "235 ok"],
  ["LOGIN", { user: "ada", password: SECRET, mechanism: "LOGIN" }, (round) => round < 2 ? "334 AAAA" : "235 ok"],
  ["XOAUTH2", { user: "ada", token: TOKEN }, () => "235 ok"],
];

test.each(logOns)(
  "no secret of %s is in any error or log, wherever the server repeats it",
  async (name, auth, answer) => {
    for (const at of ["AUTH", "MAIL", "RCPT", "DATA", ".", "QUIT"]) {
      for (const code of ["535", "421", "250", "334", "nonsense", ""]) {
        const heard: string[] = [];
        const log: string[] = [];
        const { runtime } = scripted({
          extensions: ["PIPELINING", `AUTH ${name}`],
          reply: (line) => {
            heard.push(line);
            const isAuth = heard[1]?.startsWith("AUTH") === true && !heard.some((one) => one.startsWith("MAIL"));
            const round = heard.length - 2;
            const usual = isAuth && round >= 0 ? answer(round) : undefined;
            const due = at === "AUTH" ? usual === "235 ok" : heard.some((one) => one.startsWith(at));
            return due ? `${code} ${echo(heard)}` : usual;
          },
        });
        const found: unknown[] = [];
        const options = {
          host: "mail.example",
          auth,
          runtime,
          log: (_way: string, text: string) => void log.push(text),
        };
        try {
          const session = await Session.open(options);
          found.push(await session.send(raw()).catch((error) => error));
          found.push(await session.logOff().catch((error) => error), session.closed);
        } catch (error) {
          found.push(error);
        }
        const all = [...found.map((one) => inside(one)), ...log].join("\n");
        const coded = [SECRET, `\0ada\0${SECRET}`, `user=ada\x01auth=Bearer ${TOKEN}\x01\x01`].map((text) =>
          btoa(text)
        );
        for (const secret of [SECRET, TOKEN, ...coded]) {
          expect(all.includes(secret), `${at} ${code}: ${all}`).toBe(
            false,
          );
        }
        expect(heard.length, `${at} ${code}`).toBeGreaterThan(1);
      }
    }
  },
);
