/**
 * What a server offers, and to whom: extensions, with and without TLS, and AUTH.
 *
 * @module
 */
import { complain, type ServerAbout } from "./about.ts";
import type { Reply } from "./reply.ts";

/** The offer of one session as it stands. */
export class Offer {
  /** Those of the last EHLO; before it, what the client may know from another session. */
  extensions: readonly string[];
  loggedOn = false;
  #secured = false;
  readonly #about: ServerAbout;

  constructor(about: ServerAbout) {
    this.#about = about;
    this.extensions = about.host.temper.extensions;
  }

  has(extension: string): boolean {
    return this.extensions.some((one) => one === extension || one.startsWith(`${extension} `));
  }

  hello(verb: string): Reply {
    const { name, temper } = this.#about.host;
    if ((verb === "LHLO") !== temper.isLmtp) complain(this.#about, `said ${verb}`);
    if (verb === "EHLO" && temper.isOld) return { verb, text: "502 5.5.1 what is that" };
    if (verb === "HELO") {
      this.extensions = [];
      return { verb, text: `250 ${name}` };
    }
    this.extensions = this.#secured ? temper.secured : temper.extensions;
    const lines = [name, ...this.extensions];
    const text = lines.map((one, index) => `250${index === lines.length - 1 ? " " : "-"}${one}`).join("\r\n");
    return { verb: "EHLO", text };
  }

  startTls(): Reply {
    const { dice, host: { temper } } = this.#about;
    if (!this.has("STARTTLS")) complain(this.#about, "asked for STARTTLS, which is not offered");
    if (dice.chance(temper.refuseAuth)) return { verb: "STARTTLS", text: "454 4.7.0 no TLS now" };
    this.#secured = true;
    return { verb: "STARTTLS", text: "220 2.0.0 go ahead" };
  }

  auth(line: string): Reply {
    if (!this.has("AUTH")) complain(this.#about, "sent AUTH, which is not offered");
    return line.split(" ").length === 2 ? { verb: "AUTH", text: "334 ", expects: "auth" } : this.logOn();
  }

  /** All that the mechanism needs has come. */
  logOn(): Reply {
    const { dice, host: { temper } } = this.#about;
    if (dice.chance(temper.refuseAuth)) {
      const text = dice.pick(["535 5.7.8 bad credentials", "454 4.7.0 not now", "535 5.7.8 no"]);
      return { verb: "AUTH", text };
    }
    this.loggedOn = true;
    return { verb: "AUTH", text: "235 2.7.0 accepted" };
  }
}
