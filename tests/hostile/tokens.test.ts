/** Token endpoints that are hostile, on sockets of this machine. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { clientCredentials } from "../../lib/sasl/token_sources.ts";
import { HostileEndpoint, playToken, SECRET } from "./support/token_play.ts";
import { ENDPOINTS, NOWHERE } from "./tokens.ts";

const endpoint = new HostileEndpoint();
beforeAll(async () => {
  vi.useRealTimers();
  await endpoint.start();
});
afterAll(() => endpoint.stop());

describe("token endpoints", () => void test.each(ENDPOINTS)("$name", (scenario) => playToken(scenario, endpoint)));

test.each(NOWHERE)("no secret is sent to %j", (tokenUrl) => {
  for (const allowHttpLoopback of [false, true]) {
    const make = () => clientCredentials({ tokenUrl, clientId: "id", clientSecret: SECRET, allowHttpLoopback });
    expect(make).toThrow(expect.objectContaining({ name: "InputError", field: "tokenUrl" }));
    expect(make).not.toThrow("s3cret");
  }
});
