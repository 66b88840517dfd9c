import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { WebhookDelivery } from 'telnyx/resources/webhook-deliveries';
import { describe, expect, test } from 'vitest';
import { failedDeliveryOf } from '../../functions/telnyx/failed-delivery.ts';
import { uuid } from '../porting-events.ts';

const { schemas } = JSON.parse(readFileSync('test/fixtures/telnyx/openapi-porting.json', 'utf8')).components;

/** A failed delivery, according to the official SDK's types and the specification's samples. */
const documented: WebhookDelivery = {
  id: schemas.webhook_delivery.properties.id.example,
  record_type: 'webhook_delivery',
  user_id: uuid(1),
  status: 'failed',
  started_at: schemas.webhook_delivery.properties.started_at.example,
  finished_at: schemas.webhook_delivery.properties.finished_at.example,
  attempts: schemas.attempt.example,
  webhook: {
    id: uuid(2),
    event_type: 'porting_order.split',
    occurred_at: '2020-08-10T14:00:00.000Z',
    payload: { from: { id: uuid(3) }, to: { id: uuid(4) } },
    record_type: 'event',
  },
};

describe("a record of Telnyx's log", () => {
  test('as documented, with both spellings of an error and an attempt without an answer', () => {
    expect(failedDeliveryOf(documented)).toEqual({
      id: documented.id,
      eventId: uuid(2),
      eventType: 'porting_order.split',
      portingOrderId: uuid(3),
      startedAt: '2020-08-10T14:00:00.000000Z',
      finishedAt: '2020-08-10T14:00:05.595000Z',
      attempts: [
        {
          status: 200,
          error_codes: [],
          started_at: '2020-08-10T14:00:05.364000Z',
          finished_at: '2020-08-10T14:00:05.595000Z',
        },
        {
          status: 404,
          error_codes: [{ code: 75_499, meaning: 'answered with another 4xx' }],
          started_at: '2020-08-10T14:00:05.004000Z',
          finished_at: '2020-08-10T14:00:05.360000Z',
        },
        {
          status: null,
          error_codes: [{ code: 75_001, meaning: 'the host name of the URL cannot be resolved' }],
          started_at: '2020-08-10T14:00:00.000000Z',
          finished_at: '2020-08-10T14:00:05.000000Z',
        },
      ],
    });
  });

  test('with the sent envelope as its webhook', () => {
    const { webhook } = documented;
    const sent = { data: webhook, meta: { attempt: 1 } };
    expect(failedDeliveryOf({ ...documented, webhook: sent })).toEqual(failedDeliveryOf(documented));
  });

  test('a code that is not in docs/telnyx.md has no meaning, and an invalid code is left out', () => {
    const errors = [75_777, '75404', { code: 75_000 }, 'oops', null, {}, 1.5, -1, ['75001']];
    const read = failedDeliveryOf({ attempts: [{ errors: errors.slice(0, 5) }, { errors: errors.slice(5) }] });
    expect(read?.attempts.map(({ error_codes }) => error_codes)).toEqual([
      [
        { code: 75_777, meaning: null },
        { code: 75_404, meaning: 'answered with 404' },
        { code: 75_000, meaning: 'could not be delivered' },
      ],
      [],
    ]);
  });

  test('long members are truncated', () => {
    const attempts = Array.from({ length: 1_000 }, () => ({ errors: Array(1_000).fill(75_404) }));
    const read = failedDeliveryOf({ ...documented, attempts, id: 'x'.repeat(10_000) });
    expect(read?.id).toBeNull();
    expect(JSON.stringify(read).length).toBeLessThan(12_000);
  });

  test('of any shape is read without an error: every field has its type or is null', () => {
    const json = fc.jsonValue();
    const shaped = fc.record(
      {
        id: json,
        status: json,
        started_at: json,
        attempts: fc.oneof(
          json,
          fc.array(fc.record({ errors: json, http: fc.oneof(json, fc.record({ response: json })) })),
        ),
        webhook: fc.oneof(json, fc.record({ id: json, event_type: json, payload: json, data: json })),
      },
      { requiredKeys: [] },
    );
    const textOrNull = (value: unknown) => value === null || typeof value === 'string';
    fc.assert(
      fc.property(fc.oneof(json, shaped), (record) => {
        const read = failedDeliveryOf(record);
        if (!read) return;
        const { attempts, ...fields } = read;
        expect(Object.values(fields).every(textOrNull)).toBe(true);
        for (const { status, error_codes } of attempts) {
          expect(status === null || Number.isInteger(status)).toBe(true);
          expect(error_codes.every(({ code }) => Number.isInteger(code))).toBe(true);
        }
      }),
    );
  });
});
