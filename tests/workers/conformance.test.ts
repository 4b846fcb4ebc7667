/** The contract of runtime adapters, held to connections that are made in workerd. */
import { afterAll, beforeAll } from "vitest";
import type { Connection, ConnectOptions, Runtime } from "../../lib/runtime/runtime.ts";
import { describeConnecting } from "../runtime/conformance_connect.ts";
import { describeConnections } from "../runtime/conformance_connection.ts";
import { describeTls } from "../runtime/conformance_tls.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { remoteRuntime } from "./support/remote_runtime.ts";
import { startRig } from "./support/rig.ts";
import type { Workerd } from "./support/workerd.ts";

let pki: Promise<Pki> | undefined;
let workerd: Workerd;
let remote: { readonly runtime: Runtime; stop(): void };

/** Made once: the platform trusts its root. */
function certificates(): Promise<Pki> {
  return pki ??= makePki();
}

beforeAll(async () => {
  ({ workerd } = await startRig((await certificates()).root));
  remote = await remoteRuntime(workerd.url);
});
afterAll(async () => {
  remote?.stop();
  await workerd?.stop();
});

const runtime: Runtime = {
  name: "workers",
  connect: (options) => remote.runtime.connect(options),
  readFile: () => Promise.reject(new Error("there are no files")),
  openFile: () => Promise.reject(new Error("there are no files")),
};

/** The same where tests name the authority that the platform trusts anyway. */
const trusting: Runtime = {
  ...runtime,
  async connect(options: ConnectOptions): Promise<Connection> {
    const { caCertificate, ...tlsSettings } = options.tlsSettings ?? {};
    const isRoot = caCertificate === (await certificates()).root;
    return await runtime.connect(isRoot ? { ...options, tlsSettings } : options);
  },
};

describeConnections(trusting, { direct: false, certificates });
describeConnecting(trusting, { direct: false, certificates });
describeTls(runtime, { certificates });
