/** What the design promises of every file, and for each rule a sample that it refuses. */
import { expect, test } from "vitest";
import { importProblems } from "./architecture/floors.ts";
import {
  languageProblems,
  lengthProblems,
  nameProblems,
  placeProblems,
  platformProblems,
  skipProblems,
} from "./architecture/rules.ts";
import { projectSources, type Source } from "./architecture/source.ts";

const sources = projectSources();
const library = sources.filter(({ path }) => path.startsWith("lib/") && path.endsWith(".ts"));
const tests = sources.filter(({ path }) => path.startsWith("tests/") && path.endsWith(".ts"));

type Rule = (source: Source) => string[];

/** What a rule says of a sample, without the sample's path. */
function refusals(rule: Rule, samples: readonly string[], path = "lib/wire/sample.ts"): string[] {
  return samples.flatMap((text) => rule({ path, text })).map((problem) => problem.replace(/^\S+ /, ""));
}

test("the project's files are found", () => {
  expect(library.length).toBeGreaterThan(0);
  expect(tests.length).toBeGreaterThan(0);
});

test("a library file imports from its own folder and lower floors", () => {
  expect(library.flatMap(importProblems)).toEqual([]);
});

test("importProblems refuses a higher floor, a neighbour, a package, a runtime and a folder without a floor", () => {
  const samples = [
    'import { a } from "../errors.ts"; import { b } from "../bytes/ascii.ts"; export { c } from "./reply.ts";',
    'import { a } from "../dialogue/step.ts";',
    'import type { a } from "../mime/field.ts";',
    'export * from "../../mod.ts";',
    'export type A = import("../client/client.ts").A;',
    'const a = await import("nodemailer");',
    'import "node:tls";',
    'import { runtime } from "#runtime";',
  ];
  expect(refusals(importProblems, samples)).toEqual([
    "may not import lib/dialogue/step.ts from floor 2",
    "may not import lib/mime/field.ts from floor 2",
    "may not import mod.ts from floor 2",
    "may not import lib/client/client.ts from floor 2",
    "may not import nodemailer: the library has no dependency",
    "may not import node:tls",
    "may not choose a runtime on floor 2",
  ]);
  const runtime = 'import { runtime } from "#runtime";';
  expect(refusals(importProblems, [runtime], "lib/session/session.ts")).toEqual([]);
  expect(refusals(importProblems, ['import "../bytes/ascii.ts";'], "lib/errors.ts")).toHaveLength(1);
  expect(refusals(importProblems, ['import "./x.ts";'], "lib/misc/a.ts")).toEqual(["is in a folder without a floor"]);
});

test("a library file has at most 300 lines", () => {
  expect(library.flatMap(lengthProblems)).toEqual([]);
  expect(refusals(lengthProblems, ["\n".repeat(300)])).toEqual([]);
  expect(refusals(lengthProblems, ["\n".repeat(301)])).toEqual(["has 301 lines; 300 are allowed"]);
});

test("a library file is named in snake_case", () => {
  expect(library.flatMap(nameProblems)).toEqual([]);
  expect(nameProblems({ path: "lib/wire/replyParser.ts", text: "" })).toHaveLength(1);
});

test("only lib/runtime and lib/cli name a platform", () => {
  expect(library.flatMap(platformProblems)).toEqual([]);
  const samples = [
    "// Deno.connect comes to mind\nresult.process(); const options = { process: 1 };",
    "Deno.connect({});",
    "const all = process.env;",
    "globalThis.Buffer.from([]);",
    "export function close(socket: Deno.Conn): void {}",
  ];
  expect(refusals(platformProblems, samples)).toEqual(["names Deno", "names process", "names Buffer", "names Deno"]);
  expect(refusals(platformProblems, samples, "lib/runtime/deno.ts")).toEqual([]);
});

test("a library file does without any, enums, default exports, decorators and inheritance", () => {
  expect(library.flatMap(languageProblems)).toEqual([]);
  const samples = [
    "/** any enum */ class Fine extends SmtpError { readonly a: unknown; #b = 'any'; private constructor() {} }",
    "let a: any;",
    "enum A { B }",
    "namespace A { export const b = 1; }",
    "export default 1;",
    "@sealed class A {}",
    "class A { constructor(readonly b: string) {} }",
    "class A { private b = 1; }",
    "class A extends Map {}",
  ];
  expect(refusals(languageProblems, samples)).toEqual([
    "uses any",
    "uses an enum",
    "uses a namespace",
    "uses a default export",
    "uses a decorator",
    "uses a parameter property",
    "uses the word private",
    "uses inheritance from Map",
  ]);
});

test("no file names a registry or a place on somebody's machine", () => {
  expect(sources.flatMap(placeProblems)).toEqual([]);
  const samples = [
    "https://example.com/tmp/ and ./root/ are fine",
    `https://${"registry"}.npmjs.org/`,
    `"/${"work"}/file"`,
    `cd /${"root"}/`,
  ];
  expect(refusals(placeProblems, samples)).toHaveLength(3);
});

test("every test runs", () => {
  expect(tests.flatMap(skipProblems)).toEqual([]);
  const samples = [
    "test('a', () => { iterator.skip(); });",
    "test.only('a', () => {});",
    "describe.concurrent.skip('a', () => {});",
    "it.todo('a');",
  ];
  expect(refusals(skipProblems, samples)).toEqual(["has test.only", "has describe.skip", "has it.todo"]);
});
