import { expect, test } from "vitest";
import { entriesOf, given, has, sayingOf, says } from "../../lib/given.ts";

const ABOUT = { place: "options", what: "a thing", keys: { colour: undefined, size: 3, secret: undefined } };

/** The prototype of all objects of another realm, as far as can be told of it. */
function foreignPrototype(): object {
  const hidden = { value: () => {}, configurable: true, writable: true };
  return Object.create(null, { constructor: hidden, hasOwnProperty: hidden, isPrototypeOf: hidden, toString: hidden });
}

function refusal(value: unknown): string {
  try {
    given(value, ABOUT);
  } catch (error) {
    return (error as Error).message;
  }
  return "taken";
}

test("given takes what an object says, and what is absent or undefined is what it is by default", () => {
  expect(given({ colour: "red" }, ABOUT)).toEqual({ colour: "red", size: 3, secret: undefined });
  expect(given({ size: undefined, colour: null }, ABOUT)).toEqual({ colour: null, size: 3, secret: undefined });
  expect(given({ size: 4 }, { ...ABOUT, keys: () => ({ size: 1 }) })).toEqual({ size: 4 });
  expect(Object.keys(given({}, ABOUT))).toEqual(["colour", "size", "secret"]);
});

test("given takes accessors of a class and of the class that it extends, and passes its methods over", () => {
  class Base {
    colour = "red";
    get size() {
      return 1;
    }
  }
  class Derived extends Base {
    readonly #secret = "s";
    override get size() {
      return super.size + 1;
    }
    get secret() {
      return this.#secret;
    }
    paint() {}
  }
  expect(given(new Derived(), ABOUT)).toEqual({ colour: "red", size: 2, secret: "s" });
});

test("given reads each key once, where it is nearest", () => {
  let asked = 0;
  const below = {
    get colour() {
      asked++;
      return "blue";
    },
    get size() {
      throw new Error("nobody asks for what stands behind another");
    },
  };
  const above = Object.create(below, { size: { value: undefined, enumerable: true } });
  expect(given(above, ABOUT)).toEqual({ colour: "blue", size: 3, secret: undefined });
  expect(asked).toBe(1);
});

test("given takes nothing from the prototype of all objects, in this realm or in another one", () => {
  const foreign = Object.assign(Object.create(foreignPrototype()), { colour: "red" });
  Object.setPrototypeOf(foreign, Object.assign(foreignPrototype(), { size: 9, other: 1 }));
  expect(given(foreign, ABOUT)).toEqual({ colour: "red", size: 3, secret: undefined });
  expect(given(Object.create(Object.assign(Object.create(null), { size: 9 })), ABOUT)).toMatchObject({ size: 9 });
});

test("given refuses what is no object, and what keeps elsewhere what it holds", () => {
  expect(refusal(undefined)).toBe("options: is undefined");
  for (const value of [null, 1, "x", [], () => {}]) {
    expect(refusal(value)).toBe("options: must be an object");
  }
  for (const value of [new Map(), new Headers(), Promise.resolve({})]) expect(refusal(value)).toMatch(/plain object/);
});

test("given refuses an unknown key that shows, its own or inherited, and says which one may be meant", () => {
  const takes = "a thing may have colour, size, secret";
  expect(refusal({ color: 1 })).toBe(`options.color: unknown key (did you mean colour?); ${takes}`);
  expect(refusal(Object.create({ weight: 1 }))).toBe(`options.weight: unknown key; ${takes}`);
  expect(refusal(JSON.parse('{"__proto__": {"size": 1}}'))).toBe(`options.__proto__: unknown key; ${takes}`);
  expect(refusal({ href: 1 })).toBe(`options.href: unknown key; ${takes}`);
  const attachment = () => given({ href: 1 }, { place: "", what: "an attachment", keys: { content: undefined } });
  expect(attachment).toThrow(/nothing is opened by its name/);
  expect(refusal({ "a\nb": 1 })).toContain('options."a\\nb": unknown key');
  expect(refusal({ ["x".repeat(1e6)]: 1 }).length).toBeLessThan(200);
});

test("entriesOf takes any name, and refuses what inherits some", () => {
  expect(entriesOf({ a: 1, b: undefined }, "list")).toEqual([["a", 1], ["b", undefined]]);
  expect(entriesOf(Object.assign(Object.create(null), { a: 1 }), "list")).toEqual([["a", 1]]);
  expect(entriesOf(new (class Empty {})(), "list")).toEqual([]);
  for (
    const value of [
      Object.create({ a: 1 }),
      new (class {
        get a() {
          return 1;
        }
      })(),
      new Map(),
      [["a", 1]],
    ]
  ) {
    expect(() => entriesOf(value, "list")).toThrow(/^list: must be/);
  }
});

test("says, sayingOf and has tell an object's own word from what all objects inherit", () => {
  Object.defineProperty(Object.prototype, "loud", { value: 1, configurable: true });
  try {
    expect([says({}, "loud"), sayingOf({}, "loud"), has({}, "loud" as never)]).toEqual([false, undefined, false]);
    expect([says({ loud: undefined }, "loud"), sayingOf({ loud: 2 }, "loud")]).toEqual([true, 2]);
    expect([says(Object.create({ loud: 2 }), "loud"), sayingOf(Object.create({ loud: 2 }), "loud")]).toEqual([true, 2]);
  } finally {
    Reflect.deleteProperty(Object.prototype, "loud");
  }
});
