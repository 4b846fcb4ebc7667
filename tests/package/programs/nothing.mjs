/**
 * Imports the package and says what that did, in JSON: the globals that are there now and were not, or are other ones, and
 * what keeps the process alive. Ends by itself, if nothing does.
 */
const describe = (target) => {
  const all = new Map();
  for (const name of Reflect.ownKeys(target)) all.set(name, Reflect.getOwnPropertyDescriptor(target, name));
  return all;
};
const TARGETS = {
  globalThis,
  Object: Object.prototype,
  Array: Array.prototype,
  String: String.prototype,
  Promise,
  Error,
};
// What Node makes when it is first asked for is not the package's doing.
for (const name of Reflect.ownKeys(globalThis)) void globalThis[name];
const before = Object.entries(TARGETS).map(([name, target]) => [name, target, describe(target)]);

const started = [];
for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"]) {
  const real = globalThis[name];
  globalThis[name] = (...args) => {
    started.push(name);
    return real?.(...args);
  };
  before[0][2].set(name, Reflect.getOwnPropertyDescriptor(globalThis, name));
}

await import("@posthaste/smtp");
await import("@posthaste/smtp/uniface");

const changed = [];
for (const [name, target, was] of before) {
  for (const [key, now] of describe(target)) {
    const old = was.get(key);
    if (!Object.is(old?.value, now.value) || old?.get !== now.get) changed.push(`${name}.${String(key)}`);
  }
}
const resources = globalThis.process?.getActiveResourcesInfo?.() ?? [];
console.log(JSON.stringify({ changed, started, resources }));
