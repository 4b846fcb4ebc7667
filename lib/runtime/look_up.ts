/**
 * Looking names up, by what all programs of the machine look them up with.
 *
 * @module
 */
import { connectFailure } from "./failure.ts";

/** The addresses of a host, in the resolver's order. */
export async function lookUp(host: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw connectFailure(Object.assign(error as Error, { syscall: "getaddrinfo" }), { host, port: 0 });
  }
}
