import { expect } from "vitest";
import type { SmtpEvent } from "../../../mod.ts";

/** What was told, and one line for each event, without times. */
export class Told {
  readonly events: SmtpEvent[] = [];
  readonly observe = (event: SmtpEvent): void => {
    this.events.push(event);
  };

  /** Numbers are counted from the first of each kind on; a process has others before. */
  get lines(): readonly string[] {
    const first = new Map<string, number>();
    const numbered = (kind: string, number: number | undefined) => {
      if (number === undefined) return "-";
      if (!first.has(kind)) first.set(kind, number);
      return String(number - first.get(kind)! + 1);
    };
    return this.events.map((event) => {
      switch (event.type) {
        case "session.begin":
          return `session ${numbered("session", event.session)} begins: ${event.host}:${event.port} ${event.tls}`;
        case "session.open":
          return `session ${numbered("session", event.session)} is open: ${event.tls?.protocol} ${event.mechanism}`;
        case "session.end":
          return `session ${numbered("session", event.session)} ends: ${codeOf(event.reason)}`;
        case "delivery.begin":
          return `delivery ${numbered("delivery", event.delivery)} begins: ${event.recipients}`;
        case "delivery.end":
          return `delivery ${numbered("delivery", event.delivery)} ends: ${outcome(event)}`;
        case "message.begin": {
          const [message, session] = [numbered("message", event.message), numbered("session", event.session)];
          const delivery = numbered("delivery", event.delivery);
          return `message ${message} begins: session ${session} delivery ${delivery}, ${event.recipients}`;
        }
        case "message.end":
          return `message ${numbered("message", event.message)} ends: ${outcome(event)}`;
        case "exchange": {
          const { phases, codes, error } = event;
          const about = `${phases.join("+")}: ${error === undefined ? codes.join(" ") : codeOf(error)}`;
          return `session ${numbered("session", event.session)} message ${numbered("message", event.message)} ${about}`;
        }
      }
    });
  }

  /** Times do not go back, and nothing takes less than none. */
  checkTimes(): void {
    let last = 0;
    for (const event of this.events) {
      if (event.type !== "exchange") {
        expect(event.at).toBeGreaterThanOrEqual(last);
        last = event.at;
      } else expect(event.duration).toBeGreaterThanOrEqual(0);
      expect(Math.abs(event.at - Date.now())).toBeLessThan(60_000);
    }
  }
}

function codeOf(reason: unknown): string {
  return (reason as { readonly code?: string }).code ?? String(reason);
}

function outcome(
  event: { readonly receipt: object | undefined; readonly error: unknown; readonly fate?: string },
): string {
  return event.receipt === undefined ? `${codeOf(event.error)} ${event.fate}` : "taken";
}
