/**
 * Rejections that nobody has handled, from when this is loaded: they end a program.
 *
 * @module
 */
import process from "node:process";

/** All of them. */
export const unhandled: unknown[] = [];

process.on("unhandledRejection", (reason) => void unhandled.push(reason));
