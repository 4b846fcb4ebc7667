import { expect, test } from "vitest";
import { proxy } from "../../../mod.ts";
import { hex, hexOf, playing, reach } from "./support.ts";

test.each([
  ["socks5://127.0.0.1", "SOCKS5 127.0.0.1:1080"],
  ["SOCKS5h://proxy.example:9050/", "SOCKS5 proxy.example:9050"],
  ["socks5://[::1]:1080", "SOCKS5 [::1]:1080"],
  ["socks4://ada@proxy.example", "SOCKS4a proxy.example:1080"],
  ["socks4a://proxy.example:1", "SOCKS4a proxy.example:1"],
  ["http://ada:secret@proxy.example:3128", "HTTP proxy.example:3128"],
  ["https://proxy.example:443/", "HTTPS proxy.example:443"],
  ["http://bücher.example:80", "HTTP xn--bcher-kva.example:80"],
])("proxy reads %s", (url, name) => {
  expect(proxy(url).name).toBe(name);
});

test("proxy decodes user and password once", async () => {
  const runtime = playing([hex("0502"), hex("0100"), hex("050000010000000000 00")]);
  await reach(proxy("socks5://a%40b:%25%3A%2f%C3%A4@h"), runtime);
  expect(hexOf(runtime.wires[0]!.writes[1]!)).toBe("0103614062" + "05253a2fc3a4");
});

test.each([
  ["", "CONFIG_SYNTAX"],
  ["127.0.0.1:1080", "CONFIG_SYNTAX"],
  ["socks5:127.0.0.1", "CONFIG_SYNTAX"],
  ["socks5://", "CONFIG_VALUE"],
  ["ftp://h:1", "CONFIG_UNKNOWN"],
  ["constructor://h:1", "CONFIG_UNKNOWN"],
  ["http://h", "CONFIG_VALUE"],
  ["https://h", "CONFIG_VALUE"],
  ["socks5://h:0", "CONFIG_VALUE"],
  ["socks5://h:99999", "CONFIG_VALUE"],
  ["socks5://h:1080:1", "CONFIG_VALUE"],
  ["socks5://::1", "CONFIG_VALUE"],
  ["socks5://[::1", "CONFIG_SYNTAX"],
  ["socks5://h:1080/path", "CONFIG_SYNTAX"],
  ["socks5://h:1080?x=geheim", "CONFIG_SYNTAX"],
  ["socks5://u:geheim/@h", "CONFIG_SYNTAX"],
  ["socks5://u:geheim@geheim@h", "CONFIG_SYNTAX"],
  ["socks5://u:geheim%@h", "CONFIG_SYNTAX"],
  ["socks5://u:geheim%ff@h", "CONFIG_SYNTAX"],
  ["socks5://u:geheim @h", "CONFIG_SYNTAX"],
  ["socks5://u:geheim\r\n@h", "CONFIG_SYNTAX"],
  ["socks4a://u:geheim@h", "CONFIG_VALUE"],
  [`socks5://u:geheim@${"h".repeat(3000)}`, "CONFIG_LIMIT"],
  ["socks5://u:geheim@-h", "CONFIG_VALUE"],
  ["socks5://u:geheim@127.1", "CONFIG_VALUE"],
])("proxy refuses %j and shows none of it", (url, code) => {
  let error: unknown;
  try {
    proxy(url);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ name: "ConfigError", code });
  expect((error as Error).message).not.toContain("geheim");
});

test.each(["socks5://u@h", "socks5://:p@h", "socks5://u:geheim%0d%0a@h", "http://a%3Ab:geheim@h:1", "socks5://:@h"])(
  "proxy refuses the credentials of %s",
  (url) => {
    expect(() => proxy(url)).toThrow(/user|password/);
    expect(() => proxy(url)).not.toThrow(/geheim/);
  },
);
