/**
 * Ways to a server that are not a plain connection: each is a platform that is made of another one.
 *
 * @module
 */
import type { Runtime } from "../runtime/runtime.ts";

/**
 * A way to a server, for the option `proxy`: made by {@link socks5}, {@link socks4a}, {@link httpConnect}, {@link proxy} or
 * {@link dial}. Or by hand: two proxies, one behind the other, are `{ name, over: (runtime) => far.over(near.over(runtime)) }`.
 */
export interface Road {
  /** Such as `SOCKS5 127.0.0.1:1080`; without any secret. */
  readonly name: string;
  /** The platform whose connections go this way. */
  over(runtime: Runtime): Runtime;
}
