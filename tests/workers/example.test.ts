/** The example of a contact form, as a Worker in workerd: what is posted to it comes as mail. */
import { Buffer } from "node:buffer";
import { simpleParser } from "mailparser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePki } from "../support/pki.ts";
import { bundleWorker } from "./support/bundle.ts";
import { type MailServer, PASSWORD, serveMail, USER } from "./support/mail_servers.ts";
import { Workerd } from "./support/workerd.ts";

let server: MailServer;
let workerd: Workerd;
/** The same with a password that is wrong. */
let refused: Workerd;

beforeAll(async () => {
  const pki = await makePki();
  server = await serveMail("implicit", { identity: pki.servers.good });
  const { module, imports } = await bundleWorker({ file: "examples/worker/worker.ts" });
  expect([...new Set(imports)]).toEqual(["cloudflare:sockets"]);
  const start = (password: string): Promise<Workerd> =>
    Workerd.start({
      module,
      trusted: [pki.root],
      env: {
        SMTP_URL: `smtps://${USER}:${password}@localhost:${server.port}`,
        MAIL_FROM: "Contact form <form@example.com>",
        MAIL_TO: "office@example.com",
      },
    });
  [workerd, refused] = await Promise.all([start(PASSWORD), start("not-this-one")]);
});
afterAll(async () => {
  await Promise.all([workerd?.stop(), refused?.stop(), server?.stop()]);
});

const visitor = { name: "Zoë O'Brien", email: "zoe@visitor.example", text: "Grüße!\r\n.\r\nBye", website: "" };

async function post(
  fields: Partial<typeof visitor>,
  { to = workerd, headers = {} }: { to?: Workerd; headers?: Record<string, string> } = {},
): Promise<{ status: number; html: string }> {
  const body = new URLSearchParams({ ...visitor, ...fields });
  const response = await fetch(to.url, { method: "POST", body, headers });
  return { status: response.status, html: await response.text() };
}

test("worker shows a form that posts to itself", async () => {
  const response = await fetch(workerd.url);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(await response.text()).toContain('<form method="post">');
  expect((await fetch(workerd.url, { method: "PUT" })).status).toBe(405);
});

test("worker sends what is posted, to be answered to the visitor", async () => {
  const { status, html } = await post({});
  expect([status, html]).toEqual([200, expect.stringContaining("Your message was sent")]);
  const { raw, to, from } = server.mails.at(-1)!;
  expect([from, to]).toEqual(["form@example.com", ["office@example.com"]]);
  const mail = await simpleParser(Buffer.from(raw, "latin1"));
  expect(mail.from!.value).toEqual([{ name: "Contact form", address: "form@example.com" }]);
  expect(mail.replyTo!.value).toEqual([{ name: "Zoë O'Brien", address: "zoe@visitor.example" }]);
  expect(mail.subject).toBe("Message from Zoë O'Brien");
  expect(mail.text).toContain("Grüße!\n.\nBye\n\n-- \nZoë O'Brien <zoe@visitor.example>");
});

test.each([
  ["no name", { name: "" }, "tell us your name"],
  ["no address", { email: "nowhere" }, "where we can answer"],
  ["an address that is none", { email: "zoe@visitor.example>, <all@example.com" }, "no e-mail address"],
  ["two addresses", { email: "zoe@visitor.example, all@example.com" }, "no e-mail address"],
  ["a field within the name", { name: "Zoë\r\nBcc: all@example.com" }, "cannot be sent"],
  ["no text", { text: " " }, "write something"],
  ["too much text", { text: "x".repeat(10_001) }, "characters at most"],
])("worker refuses %s, and shows what was written", async (_, fields, why) => {
  const before = server.mails.length;
  const { status, html } = await post(fields);
  expect([status, html]).toEqual([400, expect.stringContaining(why)]);
  if (!("text" in fields)) expect(html).toContain("Grüße!");
  expect(server.mails.length).toBe(before);
});

test("worker shows what was written as text", async () => {
  const { html } = await post({ name: '"><script>alert(1)</script>', email: "" });
  expect(html).not.toContain("<script>");
});

test("worker takes no form from elsewhere, nothing too long, and nothing that fills in its trap", async () => {
  const before = server.mails.length;
  expect((await post({}, { headers: { origin: "https://elsewhere.example" } })).status).toBe(403);
  expect((await post({ text: "x".repeat(40_000) })).status).toBe(400);
  expect((await fetch(workerd.url, { method: "POST", body: "name=Zoe" })).status).toBe(400);
  expect((await post({ website: "https://spam.example" })).status).toBe(200);
  expect(server.mails.length).toBe(before);
});

test("worker says when it could not send, and has no password in what it logs", async () => {
  const { status, html } = await post({}, { to: refused });
  expect([status, html]).toEqual([502, expect.stringContaining("could not be sent")]);
  expect(refused.said).toContain("AUTH_FAILED");
  expect(refused.said).not.toContain("not-this-one");
});
