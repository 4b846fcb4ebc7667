import { expect, test } from "vitest";
import { type Provider, provider, type ProviderName, PROVIDERS } from "../../../mod.ts";
import { resolveOptions } from "../../../lib/session/options.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";

const all = Object.entries(PROVIDERS) as [ProviderName, Provider][];
const regions = (host: string): { readonly region?: string } =>
  host.includes("{region}") ? { region: "eu-west-1" } : {};

test("PROVIDERS has at least thirty, and no two by one title", () => {
  expect(all.length).toBeGreaterThanOrEqual(30);
  expect(new Set(all.map(([, { title }]) => title)).size).toBe(all.length);
});

test.each(all)("PROVIDERS tells of %s what is needed, and TLS is on", (name, about) => {
  expect(name).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
  expect(about.host).toMatch(/^(?:[a-z0-9-]+|email-smtp\.\{region\})(?:\.[a-z0-9-]+)+$/);
  // RFC 8314 section 3.3 and RFC 6409 section 3.1 say how TLS begins on these.
  expect([[465, "implicit"], [587, "starttls"]]).toContainEqual([about.port, about.tls]);
  for (const text of [about.title, about.auth, about.source]) expect(text).toMatch(/^\S[^\r\n]{3,200}\S$/);
  expect(about.auth).toMatch(/^[A-Z].*\.$/);
  for (const limit of Object.values(about.limits)) expect(Number.isInteger(limit) && limit > 0).toBe(true);
  if (about.limits.messageSize !== undefined) expect(about.limits.messageSize).toBeGreaterThanOrEqual(10_000_000);
  expect(about.asOf).toBeGreaterThanOrEqual(2024);
});

test.each(all)("provider(%j) is taken by a session as it is", async (name, { host }) => {
  const options = provider(name, regions(host));
  expect(Object.keys(options)).toEqual(["host", "port", "tls"]);
  const auth = { user: "ada", password: "secret" };
  const resolved = await resolveOptions({ ...options, auth, runtime: new ScriptedRuntime(() => {}) });
  expect(resolved).toMatchObject(options);
});

test("provider puts the region into a host that has one, and refuses one that cannot be", () => {
  expect(provider("amazon-ses", { region: "us-gov-west-1" }).host).toBe("email-smtp.us-gov-west-1.amazonaws.com");
  for (
    const region of [
      undefined,
      "",
      "eu",
      "eu-west-1.evil.example",
      "EU-WEST-1",
      "eu-west-1\r\n",
      "-eu-1",
      "a-".repeat(40) + "a",
    ]
  ) {
    expect(() => provider("amazon-ses", region === undefined ? {} : { region })).toThrow(/^region: must be given/);
  }
  expect(() => provider("gmail", { region: "eu-west-1" })).toThrow("region: is nothing that gmail has");
});

test("provider refuses a name that is none", () => {
  for (const name of ["gmial", "", "toString", "__proto__", "constructor"]) {
    expect(() => provider(name as ProviderName)).toThrow(/^name: is no provider that is known; there are gmail, /);
  }
});
