/**
 * The rules that every runtime adapter keeps, and the proof: run for an adapter, on its own runtime, against servers in
 * a Node process.
 *
 * @module
 */
import type { Runtime } from "../../lib/runtime/runtime.ts";
import { describeConnecting } from "./conformance_connect.ts";
import { describeConnections } from "./conformance_connection.ts";
import { describeFiles } from "./conformance_files.ts";
import { describeTls } from "./conformance_tls.ts";

/** Describes the whole contract of `lib/runtime/runtime.ts`. */
export function describeRuntime(runtime: Runtime): void {
  describeConnections(runtime);
  describeConnecting(runtime);
  describeTls(runtime);
  describeFiles(runtime);
}
