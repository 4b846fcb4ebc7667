/**
 * A `UPopMail` for tests, of which every status is held against the table of statuses.
 *
 * @module
 */
import { STATUS_MEANINGS, UPopMail, type UPopMailOperation, type UPopMailOptions } from "../../lib/uniface/mod.ts";

/** Whether an operation may return a status. */
export function isInTable(operation: UPopMailOperation, status: number): boolean {
  return Object.hasOwn(STATUS_MEANINGS[operation], status > 0 ? 1 : status);
}

/** Makes one; an operation that returns a status of which the table does not know rejects instead. */
export function watchedMail(options?: UPopMailOptions): UPopMail {
  const mail = new UPopMail(options);
  return new Proxy(mail, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        const result: unknown = await value.apply(target, given);
        if (Object.hasOwn(STATUS_MEANINGS, name)) check(name as UPopMailOperation, result);
        return result;
      };
    },
  });
}

function check(operation: UPopMailOperation, result: unknown): void {
  const status = typeof result === "number" ? result : (result as { readonly status: number }).status;
  if (!isInTable(operation, status)) {
    throw new Error(`${operation} returned ${status}, of which the table does not know`);
  }
}
