/**
 * Simulated time. Nothing happens but what stands in the queue, in its order; before the next event, all that the last one
 * has set off comes to rest. A year takes no longer than what happens in it.
 *
 * While a simulation runs, the globals by which the library knows of time and chance are the simulation's.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { Dice } from "./dice.ts";

/** Something that is to happen. */
export interface Event {
  readonly at: number;
  readonly order: number;
  /** `undefined` once it was called off. */
  run: (() => void) | undefined;
}

/** More than this many events, and a simulation is going round in circles. */
const MOST_EVENTS = 60_000;

/** Where simulated time begins, so that no point in time is zero. */
const BEGINNING = 1_000;

/** Lets all promises that can go on do so. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A queue of events, and the time. */
export class Clock {
  /** Milliseconds. */
  now: number = BEGINNING;
  /** Events that have happened. */
  happened = 0;
  /** Timers of the library that are set, each with when it is due. */
  readonly timers: Map<number, Event> = new Map();
  readonly #heap: Event[] = [];
  #order = 0;

  /** Puts something into the queue, behind what happens at the same time. */
  after(ms: number, run: () => void): Event {
    const event: Event = { at: this.now + ms, order: this.#order++, run };
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
    return event;
  }

  /** Waits; never rejects. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs until nothing is left to happen; `false` when there is no end to it. */
  async run(afterEach: () => void): Promise<boolean> {
    await rest();
    afterEach();
    for (let event = this.#take(); event !== undefined; event = this.#take()) {
      if (event.run === undefined) continue;
      if (++this.happened > MOST_EVENTS) return false;
      this.now = event.at;
      event.run();
      await rest();
      afterEach();
    }
    return true;
  }

  #take(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Puts a clock and dice in the place of the platform's; the function that is returned puts everything back. */
export function install(clock: Clock, dice: Dice): () => void {
  let timer = 0;
  const setTimer = (run: (...values: unknown[]) => void, ms = 0, ...values: unknown[]): number => {
    const id = ++timer;
    // A platform's timers are often a little late, and now and then a fraction of a millisecond early.
    const late = dice.chance(0.1) ? dice.between(1, 12) : dice.chance(0.05) ? -0.4 : 0;
    const event = clock.after(Math.max(1, Math.trunc(ms)) + late, () => {
      clock.timers.delete(id);
      run(...values);
    });
    clock.timers.set(id, event);
    return id;
  };
  const clearTimer = (id?: number): void => {
    const event = clock.timers.get(id!);
    if (event === undefined) return;
    event.run = undefined;
    clock.timers.delete(id!);
  };
  const RealDate = Date;
  const SimulatedDate = new Proxy(RealDate, {
    construct: (target, values: [], newTarget) =>
      Reflect.construct(target, values.length === 0 ? [EPOCH + clock.now] : values, newTarget),
    get: (target, key) => key === "now" ? () => EPOCH + Math.floor(clock.now) : Reflect.get(target, key),
  });
  const restore = [
    put(globalThis, "setTimeout", setTimer),
    put(globalThis, "clearTimeout", clearTimer),
    put(globalThis, "Date", SimulatedDate),
    put(performance, "now", () => clock.now),
    put(Math, "random", () => dice.real()),
    put(crypto, "getRandomValues", (array: Uint8Array) => array.map((_, i) => array[i] = dice.below(256))),
  ];
  return () => restore.forEach((one) => one());
}

/** 1 January 2026. */
const EPOCH = 1_767_225_600_000;

function put(holder: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(holder, key);
  Object.defineProperty(holder, key, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    if (before !== undefined) Object.defineProperty(holder, key, before);
    else Reflect.deleteProperty(holder, key);
  };
}
