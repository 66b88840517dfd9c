import { expect, test } from 'vitest';
import { functions } from '../../infra/service.ts';
import { loadHandler } from '../handlers.ts';

const names = Object.entries(functions)
  .filter(([, { environment }]) => 'TELNYX_BASE_URL' in environment)
  .map(([, { entry }]) => entry.split('/')[1] as Parameters<typeof loadHandler>[0]);

/** The other variables that each of them needs. */
const environment = {
  EVENTS_TABLE: 'events',
  ORDERS_TABLE: 'orders',
  CONTROL_TABLE: 'control',
  EVENT_BUS: 'bus',
  ORDER_DETAILS: 'on',
  SYNC_INTERVAL_SECONDS: '300',
  HEALING: 'off',
  HEALING_PER_DAY: '50',
  TIMEZONE: 'UTC',
  API_TOKENS_SECRET: 'the-tokens',
  TELNYX_API_KEY_SECRET: 'the-key',
};

test.each(names)('%s does not start if the API key would be sent unencrypted', async (name) => {
  const start = (TELNYX_BASE_URL: string) => loadHandler(name, { ...environment, TELNYX_BASE_URL });
  await expect(start('https://api.telnyx.com/v2')).resolves.toBeTypeOf('function');
  await expect(start('http://api.telnyx.com/v2')).rejects.toThrow(
    /^The environment variable TELNYX_BASE_URL is not an address that an API key may be sent to: set it to one such as/,
  );
});

test('all four functions that call Telnyx are tested here', () => {
  expect(names.sort()).toEqual(['query-deliveries', 'republish-event', 'run-jobs', 'sync-events']);
});
