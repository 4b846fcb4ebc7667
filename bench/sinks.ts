/**
 * The servers that take everything: one without CHUNKING, one with it.
 *
 * @module
 */
import type { SinkName } from "./contestants.ts";
import type { Target } from "./job.ts";
import { startBackground } from "./native.ts";

const EXTENSIONS = "PIPELINING,SIZE 2147483647,8BITMIME,ENHANCEDSTATUSCODES,SMTPUTF8,DSN";

/** Running servers. */
export interface Sinks extends AsyncDisposable {
  readonly targets: Readonly<Record<SinkName, Target>>;
}

/** Where and how they run. */
export interface SinkOptions {
  /** The compiled program. */
  readonly program: string;
  readonly host: string;
  /** What comes before the program, to run it elsewhere. */
  readonly prefix?: readonly string[];
}

export async function startSinks({ program, host, prefix = [] }: SinkOptions): Promise<Sinks> {
  const running = new AsyncDisposableStack();
  try {
    const start = async (extensions: string): Promise<Target> => {
      const command = [...prefix, program, "--listen", `${host}:0`, "--quiet", "--ext", extensions];
      const { ready } = running.use(await startBackground(command));
      return { host, port: Number(/^ready (\d+)$/.exec(ready)![1]) };
    };
    const targets = { data: await start(EXTENSIONS), bdat: await start(`${EXTENSIONS},CHUNKING`) };
    return { targets, [Symbol.asyncDispose]: () => running.disposeAsync() };
  } catch (error) {
    await running.disposeAsync();
    throw error;
  }
}
