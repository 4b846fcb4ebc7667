/**
 * A function of a serverless platform that answers a request and sends a message, either before the response or behind it
 * (`waitUntil`). The client is made with the first request and kept for those that the same instance serves next: its
 * session is found dead, and replaced, where the instance was frozen for too long.
 *
 * @module
 */
import { fateOf, type Message, SmtpClient } from "@posthaste/smtp";

/** What Vercel, Cloudflare, Netlify and Deno Deploy let a function do behind its response, each by its own import or argument. */
export interface FunctionContext {
  waitUntil(work: Promise<unknown>): void;
}

/** What the platform keeps for the function. */
export interface Environment {
  /** Such as `smtps://ada:secret@mail.example.com`. */
  readonly SMTP_URL: string;
}

let kept: SmtpClient | undefined;

/** The instance's client: nothing is connected before there is a message. */
function clientOf({ SMTP_URL }: Environment): SmtpClient {
  kept ??= new SmtpClient(SMTP_URL, {
    // A function pays for each second that it waits.
    timeouts: { connect: 5_000, command: 10_000, final: 20_000 },
    pool: { checkAfter: 5_000 },
  });
  return kept;
}

/** Sends, and answers when the server has the message: the caller learns what became of it. */
export async function sendThenAnswer(
  message: Message,
  environment: Environment,
  client: Pick<SmtpClient, "send"> = clientOf(environment),
): Promise<Response> {
  try {
    await client.send(message, { deadline: 25_000 });
    return new Response("sent", { status: 200 });
  } catch (error) {
    const fate = fateOf(error);
    if (fate === undefined) throw error; // a mistake in the call
    // `unknown`: the server may have it, and a caller that tries again may send it twice.
    const status = fate === "unsent" || fate === "deferred" ? 503 : 502;
    return new Response(fate, { status });
  }
}

/**
 * Answers at once, and sends behind the response. A platform freezes or ends an instance whose work it does not know of:
 * the promise has to be handed to it, and nobody but the log learns of a failure.
 */
export function answerThenSend(
  message: Message,
  environment: Environment,
  context: FunctionContext,
  client: Pick<SmtpClient, "send"> = clientOf(environment),
): Response {
  const sending = client.send(message, { deadline: 25_000 }).then(
    () => {},
    (error: unknown) => console.error(`${message.subject}: ${fateOf(error) ?? "cannot be sent"}: ${error}`),
  );
  context.waitUntil(sending);
  return new Response("accepted", { status: 202 });
}
