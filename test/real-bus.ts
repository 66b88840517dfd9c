import { expect, onTestFinished, vi } from 'vitest';
import { openBus } from '../functions/bus/bus.ts';
import { type BusFaults, startBus } from '../infra/local/bus.ts';
import { problemsOf } from './bus/schemas.ts';

/** A bus over real HTTP, and a client of it. At the end of the test, everything on it has its documented schema. */
export async function startRealBus(faults: BusFaults = {}) {
  const bus = await startBus({ name: 'bus', faults });
  onTestFinished(async () => {
    await bus.close();
    expect(bus.events().flatMap(problemsOf)).toEqual([]);
  });
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', bus.endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  return { bus, client: openBus('bus', 1) };
}
