import type { ApiError } from './answers.ts';

export interface Refused {
  readonly error: ApiError;
}

/** A body that is refused: 422, with a pointer to the member that is wrong. */
export const refused = (
  pointer: string,
  detail: string,
  [code, title] = ['10027', 'Unprocessable entity'],
): Refused => ({ error: { status: 422, code, title, detail, pointer } });

/** The same for a value outside an enumeration. */
export const refusedValue = (pointer: string, allowed: readonly string[]): Refused =>
  refused(pointer, `The value must be one of ${allowed.join(', ')}.`, ['10032', 'Invalid enumerated value']);
