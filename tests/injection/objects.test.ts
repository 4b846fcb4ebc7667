/** Every object of a caller's is read by one rule: what it inherits counts, what all objects inherit does not. */
import { expect, test } from "vitest";
import { objectTypes } from "./paths.ts";
import { MODULES } from "./table.ts";
import { SUBJECTS } from "./table/objects.ts";
import { NO_SUBJECT } from "./table/objects/never.ts";
import type { Subject } from "./table/objects/subject.ts";
import { ALL } from "./values.ts";
import { faultOf } from "./verdict.ts";
import { World } from "./world.ts";

const TYPES = objectTypes(MODULES);

test("objectTypes finds every type of object, and each is handed over or has a reason", () => {
  expect(TYPES.size).toBeGreaterThan(100);
  const used = new Set(SUBJECTS.flatMap(({ types }) => types));
  const reasoned = (type: string) => NO_SUBJECT.some(([family]) => family.test(type));
  expect([...TYPES.keys()].filter((type) => !used.has(type) && !reasoned(type))).toEqual([]);
  expect([...used].filter((type) => !TYPES.has(type))).toEqual([]);
  expect([...used].filter(reasoned)).toEqual([]);
  expect(NO_SUBJECT.filter(([family]) => ![...TYPES.keys()].some((type) => family.test(type)))).toEqual([]);
});

/** The keys that a subject may have. */
function keysOf({ types, keys }: Subject): readonly string[] {
  return keys ?? [...new Set(types.flatMap((type) => [...TYPES.get(type)!]))];
}

/** Puts an object in another form. */
type Shape = (object: object) => object;

interface Outcome {
  readonly error: unknown;
  readonly connected: boolean;
  /** What came of it, to be compared. */
  readonly told: unknown;
}

async function outcomeOf(subject: Subject, shape: Shape): Promise<Outcome> {
  const world = new World();
  try {
    const result = await subject.use(shape(subject.make(world)) as never, world);
    const isReceipt = typeof result === "object" && result !== null && "rejected" in result;
    const { skeleton } = world.read();
    return { error: undefined, connected: world.connected, told: [isReceipt ? "receipt" : result, skeleton] };
  } catch (error) {
    return { error, connected: world.connected, told: undefined };
  }
}

const subjects = SUBJECTS.map((subject) => [subject.name, subject] as const);

/** A class whose instances have nothing themselves. */
function instance(object: object): object {
  class Given {}
  for (const [key, value] of Object.entries(object)) {
    Object.defineProperty(Given.prototype, key, { get: () => value });
  }
  return new Given();
}

const SHAPES: Readonly<Record<string, Shape>> = {
  "made over another": (object) => Object.create(object),
  "an instance of a class with accessors": instance,
  "made over two others": (object) => Object.create(Object.create(object)),
  "one whose keys do not show": (object) => {
    const hidden = Object.entries(object).map(([key, value]) => [key, { value, enumerable: false }]);
    return Object.defineProperties({}, Object.fromEntries(hidden));
  },
  "without a prototype": (object) => Object.assign(Object.create(null), object),
  "frozen": (object) => Object.freeze({ ...object }),
  "a Proxy": (object) => new Proxy({ ...object }, {}),
};

test.each(subjects)("%s says the same, whatever kind of object it is", async (_, subject) => {
  const plain = await outcomeOf(subject, (object) => object);
  expect(plain.error).toBeUndefined();
  for (const [name, shape] of Object.entries(SHAPES).slice(0, ALL ? undefined : 2)) {
    const outcome = await outcomeOf(subject, shape);
    const inherits = name.startsWith("made over") || name.startsWith("an instance");
    if (name === "one whose keys do not show" && subject.plain !== undefined) continue;
    if (inherits && subject.plain !== undefined) expect(`${name}: ${outcome.error}`).toMatch(/must be a plain object/);
    else expect([name, outcome.error, outcome.told]).toEqual([name, undefined, plain.told]);
  }
});

/** Names that a property's descriptor has: nobody's code would work any more. */
const DESCRIPTOR = new Set(["value", "get", "set", "writable", "enumerable", "configurable"]);

/** Has all objects inherit these keys; what asks an object for one is noted. */
async function polluted(keys: readonly string[], act: (asked: (object: object) => string[]) => Promise<void>) {
  const seen: [object, string][] = [];
  const names = keys.filter((key) => !DESCRIPTOR.has(key));
  for (const key of names) {
    Object.defineProperty(Object.prototype, key, {
      configurable: true,
      get() {
        seen.push([this, key]);
        return undefined;
      },
      set(value: unknown) {
        Object.defineProperty(this, key, { value, configurable: true, enumerable: true, writable: true });
      },
    });
  }
  try {
    await act((object) => seen.filter(([one]) => one === object).map(([, key]) => key));
  } finally {
    for (const key of names) delete (Object.prototype as Record<string, unknown>)[key];
  }
}

test.each(subjects)("%s is asked for nothing that all objects inherit", async (_, subject) => {
  const plain = await outcomeOf(subject, (object) => object);
  let given: object = {};
  await polluted(keysOf(subject), async (asked) => {
    const outcome = await outcomeOf(subject, (object) => given = object);
    expect(asked(given)).toEqual([]);
    expect([outcome.error, outcome.told]).toEqual([undefined, plain.told]);
  });
});

test.each(subjects)("%s with a key that is misspelt is refused, and told which one was meant", async (_, subject) => {
  if (subject.open !== undefined) return;
  for (const key of keysOf(subject).slice(0, ALL ? undefined : 1)) {
    const typo = `${key}x`;
    const { error, connected } = await outcomeOf(subject, (object) => ({ ...object, [typo]: 1 }));
    expect(error, typo).toBeInstanceOf(Error);
    expect(faultOf(error), typo).toBeUndefined();
    const { message } = error as Error;
    expect(message).toContain(typo);
    expect(message).toContain(`did you mean ${key}?`);
    expect(connected && !isLate(subject), `${subject.name} is refused before anything is connected`).toBe(false);
  }
});

/** Options that only an open session is told, or a server's offer leads to. */
function isLate({ name }: Subject): boolean {
  return name.startsWith("Session.") || name === "EnvelopeParameters";
}

test.each(subjects)(
  "%s with a key of controls and great length is refused in a text that can be shown",
  async (_, subject) => {
    if (subject.open !== undefined) return;
    const ugly = `a\r\nb\u2028\x1b[31m\ud800${"x".repeat(100_000)}`;
    const { error } = await outcomeOf(subject, (object) => ({ ...object, [ugly]: 1 }));
    expect(error).toBeInstanceOf(Error);
    expect(faultOf(error)).toBeUndefined();
    expect((error as Error).message.length).toBeLessThan(1_000);
  },
);

test.each(subjects)("%s whose accessor throws is handed over to nobody", async (_, subject) => {
  const thrown = new TypeError("not now");
  for (const key of Object.keys(subject.make(new World())).slice(0, ALL ? undefined : 1)) {
    const { error, connected } = await outcomeOf(subject, (object) =>
      Object.defineProperty({ ...object }, key, {
        enumerable: true,
        get: () => {
          throw thrown;
        },
      }));
    expect(error, key).toBe(thrown);
    expect(connected && !isLate(subject)).toBe(false);
  }
});
