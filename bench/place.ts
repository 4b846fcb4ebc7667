/**
 * Where a run takes place: servers, and how far away they are.
 *
 * @module
 */
import { join } from "node:path";
import { issue } from "../tests/support/tls_x509.ts";
import type { SinkName } from "./contestants.ts";
import type { Target } from "./job.ts";
import { openLink, SERVER_ADDRESS } from "./link.ts";
import { compileNative, startBackground } from "./native.ts";

const EXTENSIONS = "PIPELINING,SIZE 2147483647,8BITMIME,ENHANCEDSTATUSCODES,SMTPUTF8,DSN";

const CREDENTIALS = { user: "ada", password: "correct horse" };

export interface Place extends AsyncDisposable {
  /** One without CHUNKING, one with it, one with BINARYMIME too. */
  readonly targets: Readonly<Record<SinkName, Target>>;
  /** What comes before a client's command. */
  readonly prefix: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface PlaceOptions {
  /** Milliseconds; 0 is the loopback device. */
  readonly rtt: number;
  /** Servers want STARTTLS and AUTH. */
  readonly secure: boolean;
  /** For what is compiled and written. */
  readonly folder: string;
}

/** Writes an authority and a server's certificate; returns their paths. */
async function writeCertificates(folder: string): Promise<{ readonly ca: string; readonly args: readonly string[] }> {
  const authority = await issue({ name: "Benchmark Authority", use: "ca" });
  const ip = [[...SERVER_ADDRESS], [127, 0, 0, 1]];
  const leaf = await issue({ name: "Benchmark Server", issuer: authority, names: { ip } });
  const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) => join(folder, name));
  await Deno.writeTextFile(ca, authority.certificate);
  await Deno.writeTextFile(cert, leaf.certificate);
  await Deno.writeTextFile(key, leaf.key);
  return { ca, args: ["--cert", cert, "--key", key] };
}

/** Starts the servers, and the network where there is to be one. */
export async function openPlace({ rtt, secure, folder }: PlaceOptions): Promise<Place> {
  const open = new AsyncDisposableStack();
  try {
    const link = rtt === 0 ? undefined : open.use(await openLink(await compileNative("netdelay", folder), rtt));
    const sink = await compileNative("fastsink", folder);
    const host = link?.serverHost ?? "127.0.0.1";
    const certificates = secure ? await writeCertificates(folder) : undefined;
    const more = certificates === undefined
      ? []
      : [...certificates.args, "--auth", `${CREDENTIALS.user}:${CREDENTIALS.password}`, "--auth-required"];
    const start = async (extensions: string): Promise<Target> => {
      const options = ["--listen", `${host}:0`, "--quiet", "--ext", extensions, ...more];
      const { ready } = open.use(await startBackground([...(link?.serverEnd ?? []), sink, ...options]));
      const port = Number(/^ready (\d+)$/.exec(ready)?.[1]);
      return secure ? { host, port, secure: CREDENTIALS } : { host, port };
    };
    return {
      targets: {
        data: await start(EXTENSIONS),
        bdat: await start(`${EXTENSIONS},CHUNKING`),
        binary: await start(`${EXTENSIONS},CHUNKING,BINARYMIME`),
      },
      prefix: link?.clientEnd ?? [],
      // How each runtime is told of one more authority, whatever the library does.
      env: certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates.ca, DENO_CERT: certificates.ca },
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }
}
