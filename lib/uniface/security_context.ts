/**
 * The security context: the queue of drivers that a logon runs, and when it can be changed.
 *
 * | event | the context | the next driver |
 * | --- | --- | --- |
 * | `setSecurity` before a logon | has one driver more | is appended |
 * | logged on | is locked | is refused |
 * | logged off, whatever the status | is kept, for another logon | begins a new context |
 * | logon = -7 or -8 | is kept, for another server | begins a new context |
 * | any other failure of a logon | is untouched | is appended |
 *
 * @module
 */
import type { SecurityDriver } from "./security_driver.ts";

/** The drivers of one `UPopMail`. */
export class SecurityContext {
  #drivers: readonly SecurityDriver[] = [];
  #used: ReadonlySet<SecurityDriver> = new Set();
  #locked = false;
  #tried = false;

  /** In the order in which they were added. */
  get drivers(): readonly SecurityDriver[] {
    return this.#drivers;
  }

  /** Whether a connection stands that was opened with it. */
  get locked(): boolean {
    return this.#locked;
  }

  /** Whether a driver that is added now begins a context. */
  get beginsAnew(): boolean {
    return this.#tried || this.#drivers.length === 0;
  }

  /** Adds a driver, or begins a new context with it. */
  add(driver: SecurityDriver): void {
    this.#drivers = this.beginsAnew ? [driver] : [...this.#drivers, driver];
    this.#tried = false;
  }

  /** Removes all drivers. */
  clear(): void {
    this.#drivers = [];
    this.#tried = false;
  }

  /** A logon succeeded; these of the drivers had a part in it. */
  lock(used: readonly SecurityDriver[]): void {
    this.#used = new Set(used);
    this.#locked = true;
  }

  /** The connection is gone, or was refused because of the context; the next driver begins a new one. */
  release(): void {
    this.#used = new Set();
    this.#locked = false;
    this.#tried = true;
  }

  /** Whether the standing connection was opened with the driver's help. */
  isInUse(driver: SecurityDriver): boolean {
    return this.#used.has(driver);
  }
}
