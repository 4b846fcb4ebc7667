/**
 * A service that sends now and then, over STARTTLS, with an OAuth 2.0 token that is asked for when it logs on.
 *
 *     deno run --allow-net=smtp.office365.com:587,id.example.com examples/service.ts
 *
 * @module
 */
import { fateOf, type Message, oauth2, SmtpClient } from "@posthaste/smtp";

async function getToken(): Promise<string> {
  const response = await fetch("https://id.example.com/token", { method: "POST" });
  const { access_token } = await response.json();
  return access_token;
}

await using client = new SmtpClient({
  host: "smtp.office365.com",
  port: 587,
  tls: "starttls",
  auth: oauth2("svc@example.com", getToken),
});

/** Sends, and says whether the message should be tried again. */
async function deliver(message: Message): Promise<"sent" | "again" | "never" | "ask"> {
  try {
    await client.send(message, { deadline: 60_000 });
    return "sent";
  } catch (error) {
    switch (fateOf(error)) {
      case "unsent":
      case "deferred":
        return "again";
      case "rejected":
        return "never";
      case "unknown":
        return "ask"; // the server may have taken it: trying again may send it twice
      default:
        throw error; // a mistake in the call, such as an address that cannot be one
    }
  }
}

console.log(await deliver({ from: "svc@example.com", to: "bob@example.net", subject: "Hello", text: "Hi Bob" }));
