import { inspect, isDeepStrictEqual } from 'node:util';

/** A check that failed. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

const steps: { readonly name: string; readonly seconds: string }[] = [];
let checks = 0;

/** Runs one step of the rehearsal. Prints its name before its checks, and its duration after them. */
export async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  console.log(`\n${name}`);
  const begun = performance.now();
  const result = await work();
  const seconds = secondsSince(begun);
  steps.push({ name, seconds });
  console.log(`  ${seconds} s`);
  return result;
}

/** Checks that two values are equal, deeply, and prints what was checked. */
export function equal(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new CheckFailed(`${what}\n  is       ${shown(actual)}\n  expected ${shown(expected)}`);
  }
  checks += 1;
  console.log(`  ok  ${what}`);
}

/** Checks that something holds, and prints it. `found` is shown when it does not. */
export function holds(what: string, condition: boolean, found: unknown): void {
  if (!condition) throw new CheckFailed(`${what}\n  found ${shown(found)}`);
  checks += 1;
  console.log(`  ok  ${what}`);
}

/** Prints a fact that is not a check. */
export function note(text: string): void {
  console.log(`      ${text}`);
}

/** Prints how long each step took. */
export function summary(begun: number): void {
  console.log(`\n${checks} checks in ${secondsSince(begun)} s`);
  for (const { name, seconds } of steps) console.log(`${seconds.padStart(7)} s  ${name}`);
}

function secondsSince(begun: number): string {
  return ((performance.now() - begun) / 1000).toFixed(1);
}

function shown(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: 120, maxArrayLength: 20 });
}
