import { isObject } from '../porting/event.ts';

/**
 * What the function does: the scheduled run and then requested ones, or only these; with `lastDays` it first requests
 * one over them.
 */
export type Input = 'scheduled' | 'requested' | { readonly lastDays: number };

/** The input has none of the three forms. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/**
 * Reads the function's input. `{}` is the scheduled run, from the cursor to now. `{"requested": true}` works on
 * requested runs. `{"days": 7}`, the nightly event, first requests one over the last 7 days. A batch of the stream is
 * only a wake-up: which runs wait, their rows say.
 *
 * @throws {InvalidInput} with a message that names the allowed forms
 */
export function readInput(input: unknown): Input {
  if (input === null || input === undefined) return 'scheduled';
  if (!isObject(input)) throw invalid(input);
  if (Array.isArray(input.Records)) return 'requested';
  const { days, requested, ...unknown } = input;
  if (Object.keys(unknown).length > 0 || (days !== undefined && requested !== undefined)) throw invalid(input);
  if (requested === true) return 'requested';
  if (typeof days === 'number' && days > 0 && days <= 3660) return { lastDays: days };
  if (days === undefined && requested === undefined) return 'scheduled';
  throw invalid(input);
}

function invalid(input: unknown): InvalidInput {
  const given = JSON.stringify(input).slice(0, 200);
  return new InvalidInput(
    `The input must be {}, {"requested": true} or {"days": 7}, with up to 3660 days. It is ${given}.`,
  );
}
