/**
 * Ways to a server that are not a plain connection: each is a platform that is made of another one.
 *
 * @module
 */
import type { Runtime } from "./runtime.ts";

/**
 * A way to a server, for the option `proxy`: made by `socks5`, `socks4a`, `httpConnect`, `proxy` or `dial`. Or by hand: two proxies, one behind the other, are `{ name, over: (runtime) => far.over(near.over(runtime)) }`.
 */
export interface Road {
  /** Such as `SOCKS5 127.0.0.1:1080`; without any secret. */
  readonly name: string;
  /** The platform whose connections go this way. */
  over(runtime: Runtime): Runtime;
}
