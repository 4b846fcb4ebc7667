/**
 * Where the time of a `.cpuprofile` went: the functions with the most time of their own.
 *
 *     deno run -A bench/profile_top.ts file.cpuprofile [count]
 *
 * @module
 */

/** The parts of the format that are used. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** A function, with the part of the time in which it ran itself. */
export interface SelfTime {
  readonly name: string;
  readonly place: string;
  readonly milliseconds: number;
  readonly share: number;
}

/** Functions by their own time, longest first. What the process waited is left out. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const totals = new Map<string, { name: string; place: string; microseconds: number }>();
  let whole = 0;
  for (const [index, sample] of samples.entries()) {
    const frame = frames.get(sample)!;
    if (frame.functionName === "(idle)" || frame.functionName === "(root)") continue;
    const place = frame.url === "" ? "" : `${frame.url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, "")}:${frame.lineNumber + 1}`;
    const name = frame.functionName || "(anonymous)";
    const entry = totals.get(`${name} ${place}`) ?? { name, place, microseconds: 0 };
    // The delta of the next sample is how long this one lasted.
    const microseconds = timeDeltas[index + 1] ?? 0;
    entry.microseconds += microseconds;
    whole += microseconds;
    totals.set(`${name} ${place}`, entry);
  }
  return [...totals.values()]
    .map(({ name, place, microseconds }) => ({
      name,
      place,
      milliseconds: microseconds / 1000,
      share: microseconds / whole,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** The first of them as lines. */
export function topLines(profile: CpuProfile, count: number): string[] {
  return selfTimes(profile).slice(0, count).map(({ name, place, milliseconds, share }) =>
    `${(share * 100).toFixed(1).padStart(5)} % ${milliseconds.toFixed(1).padStart(8)} ms  ${name}  ${place}`
  );
}

if (import.meta.main) {
  const [path, count = "30"] = Deno.args;
  const profile = JSON.parse(await Deno.readTextFile(path)) as CpuProfile;
  console.log(topLines(profile, Number(count)).join("\n"));
}
