import { expect } from 'vitest';
import { UpstreamError } from '../../functions/telnyx/upstream-error.ts';

/** The error with which a call to Telnyx must fail. */
export async function caught(work: Promise<unknown>): Promise<UpstreamError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}
