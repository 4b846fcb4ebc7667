/** Objects that describe the way to a server: proxies, and connections that are there. @module */
import { connectionFrom, httpConnect, socks4a, socks5 } from "../../../../mod.ts";
import { type Subject, subject } from "./subject.ts";

/** All of these. */
export const ROADS: readonly Subject[] = [
  subject(
    ["HttpConnectOptions", "ProxyOptions"],
    { host: "p", port: 1, headers: { Via: "a" } },
    (one, world) => world.through(httpConnect(one), "HTTP"),
  ),
  subject(
    ["Socks5Options", "ProxyOptions"],
    { host: "p", user: "u", password: "p" },
    (one, world) => world.through(socks5(one), "SOCKS5"),
  ),
  subject(
    ["Socks4aOptions", "ProxyOptions"],
    { host: "p", user: "u" },
    (one, world) => world.through(socks4a(one), "SOCKS4"),
  ),
  subject(
    "ConnectionFromOptions",
    { peer: { host: "a", port: 1 } },
    (one) => connectionFrom(new TransformStream(), one).peer,
  ),
];
