/**
 * A Cloudflare Worker with a contact form that comes as mail: it shows the form, checks what a visitor wrote, and sends it
 * over SMTP, with the visitor's address to answer to.
 *
 *     npm install @posthaste/smtp
 *     npx wrangler secret put SMTP_URL     # smtps://user:password@mail.example.com, percent-encoded where it needs be
 *     npx wrangler deploy
 *
 * `wrangler.jsonc` beside this file has the rest: who the mail is from and to. On one's own machine the secret stands in
 * `.dev.vars`, which is not committed, and `npx wrangler dev` serves the form.
 *
 * A form that anybody can post to is posted to by everybody. This one has a trap for the simplest programs; what holds off
 * the others (Turnstile, a rate limiting rule) is set up at Cloudflare, and nothing here has to change for it.
 *
 * @module
 */
import { InputError, type Message, send, SmtpError } from "@posthaste/smtp";

/** What `wrangler.jsonc` and `wrangler secret` define. */
interface Env {
  /** Where mail is submitted, with the credentials in it; port 465 or 587, as no Worker gets to port 25. */
  readonly SMTP_URL: string;
  /** An address that the server lets these credentials send from; a visitor's own would fail SPF and DMARC. */
  readonly MAIL_FROM: string;
  readonly MAIL_TO: string;
}

/** Of what the platform hands to a Worker. */
interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

/** Octets of a request's body, at most; and of each field, characters. */
const MAX_BODY = 32 * 1024;
const MAX_NAME = 100;
const MAX_TEXT = 10_000;

/** Milliseconds for all of it, from connecting to the server's last word: a visitor waits no longer. */
const DEADLINE = 20_000;

export default {
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    switch (request.method) {
      case "GET":
      case "HEAD":
        return page(200, form({}));
      case "POST":
        return await submit(request, { env, context });
      default:
        return new Response(null, { status: 405, headers: { allow: "GET, HEAD, POST" } });
    }
  },
};

async function submit(request: Request, about: { readonly env: Env; readonly context: Context }): Promise<Response> {
  // A page of somebody else's does not post in a visitor's name.
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== new URL(request.url).origin) return page(403, "<p>Please use the form.</p>");
  const fields = await readFields(request);
  if (fields === undefined) return page(400, "<p>Please use the form.</p>");
  // No human sees this field; a program that fills it in is told that all went well.
  if (fields["website"]) return page(200, THANKS);
  const problem = problemWith(fields);
  if (problem !== undefined) return page(400, form(fields, problem));

  const { env, context } = about;
  const sending = send(env.SMTP_URL, mailOf(fields, env), { deadline: DEADLINE });
  // It goes on to its end also when the visitor leaves before; without this the platform would break it off.
  context.waitUntil(sending.catch(() => {}));
  try {
    await sending;
    return page(200, THANKS);
  } catch (error) {
    // Bad input is refused before anything is connected: an address that is none, control characters.
    if (error instanceof InputError) {
      const what = error.field === "replyTo.address"
        ? "This is no e-mail address."
        : "This cannot be sent as it stands.";
      return page(400, form(fields, what));
    }
    // What went wrong is for the log, which holds no credentials: none stand in an error's text.
    console.error(error instanceof SmtpError ? `${error.code} (${error.fate}): ${error.message}` : error);
    // Nobody says that a message was not sent which may have been.
    const isUnknown = error instanceof SmtpError && error.fate === "unknown";
    return isUnknown
      ? page(502, "<p>Your message may have been sent. If you hear nothing, please write again tomorrow.</p>")
      : page(502, form(fields, "Your message could not be sent. Please try again later."));
  }
}

/** The message; its text is the visitor's, everything else is ours or checked by the library. */
function mailOf({ name = "", email = "", text = "" }: Fields, env: Env): Message {
  return {
    from: env.MAIL_FROM,
    to: env.MAIL_TO,
    // As data, and not as text to be read: it is one mailbox, whatever was written.
    replyTo: { name, address: email },
    subject: `Message from ${name}`,
    text: `${text}\n\n-- \n${name} <${email}>\nby the contact form\n`,
  };
}

type Fields = Readonly<Partial<Record<"name" | "email" | "text" | "website", string>>>;

/** The form's fields; `undefined` for a body that is none, or too long. */
async function readFields(request: Request): Promise<Fields | undefined> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded") || request.body === null) return undefined;
  const octets: Uint8Array[] = [];
  let size = 0;
  // Read with a bound, as a request need not say how long it is.
  for await (const piece of request.body) {
    size += piece.length;
    if (size > MAX_BODY) return undefined;
    octets.push(piece);
  }
  const sent = new URLSearchParams(await new Blob(octets as Uint8Array<ArrayBuffer>[]).text());
  return Object.fromEntries(["name", "email", "text", "website"].map((key) => [key, sent.get(key)?.trim() ?? ""]));
}

function problemWith({ name = "", email = "", text = "" }: Fields): string | undefined {
  if (name === "" || name.length > MAX_NAME) return "Please tell us your name.";
  if (!email.includes("@")) return "Please tell us where we can answer.";
  if (text === "") return "Please write something.";
  if (text.length > MAX_TEXT) return `Please write ${MAX_TEXT} characters at most.`;
  return undefined;
}

const THANKS = "<p>Thank you. Your message was sent.</p>";

function form({ name = "", email = "", text = "" }: Fields, problem?: string): string {
  return `${problem === undefined ? "" : `<p role="alert">${escape(problem)}</p>`}
<form method="post">
  <p><label>Name<br><input name="name" required maxlength="${MAX_NAME}" autocomplete="name" value="${
    escape(name)
  }"></label></p>
  <p><label>E-mail<br><input name="email" type="email" required autocomplete="email" value="${
    escape(email)
  }"></label></p>
  <p><label>Message<br><textarea name="text" rows="8" cols="60" required maxlength="${MAX_TEXT}">
${escape(text)}</textarea></label></p>
  <p hidden><label>Leave this empty<input name="website" tabindex="-1" autocomplete="off"></label></p>
  <p><button>Send</button></p>
</form>`;
}

function page(status: number, content: string): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Contact</title>
<h1>Contact</h1>
${content}
</html>
`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "cache-control": "no-store",
  };
  return new Response(html, { status, headers });
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
