// The demo's server: npm's smtp-server, and mailparser to say what arrived. Run by Node.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const [folder] = process.argv.slice(2);
const pem = readFileSync(`${folder}/server.pem`);

const server = new SMTPServer({
  secure: true,
  key: pem,
  cert: pem,
  size: 200 * 1024 * 1024,
  authOptional: true,
  disableReverseLookup: true,
  onData(stream, session, done) {
    simpleParser(stream).then((mail) => {
      const files = mail.attachments.map(({ filename, size, related, content }) =>
        `${filename} (${size.toLocaleString("en")} octets${related ? ", inline" : ""}, SHA-256 ${
          createHash("sha256").update(content).digest("hex").slice(0, 12)
        }…)`
      );
      const parts = [mail.text && "text", mail.html && "html", ...files].filter(Boolean);
      console.log(
        `   server: "${mail.subject}" from ${mail.from.text} to ${
          session.envelope.rcptTo.map(({ address }) => address).join(", ")
        }: ${parts.join("; ")}`,
      );
      done();
    }, done);
  },
});
server.on("error", (error) => console.error("   server:", error.message));
server.listen(0, "127.0.0.1", () => console.log(`port ${server.server.address().port}`));
