import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../../functions/http/problem.ts';
import { readNumberedQuery } from '../../functions/http/query-parameters.ts';
import { EVENT_QUERY } from '../../functions/query-events/events.ts';
import { type Reader, startReader } from './reader.ts';

let reader: Reader;

beforeAll(async () => {
  reader = await startReader();
});

afterAll(() => reader.secrets.close());

const size = 'a whole number from 1 to 250';
const number = 'a whole number from 1 to 1000000000';
const type = 'an event type such as porting_order.status_changed';
const order = 'the UUID of a porting order';
const time = 'a date-time such as 2026-01-31T00:00:00Z';

describe('an invalid parameter: a 422 names it, its value and what is allowed', () => {
  test.each([
    ['page[size]', '0', '10033', size],
    ['page[size]', '251', '10033', size],
    ['page[size]', '-1', '10026', size],
    ['page[size]', '', '10026', size],
    ['page[size]', 'all', '10026', size],
    ['page[size]', '20.0', '10026', size],
    ['page[size]', '1e2', '10026', size],
    ['page[size]', '٢٠', '10026', size],
    ['page[number]', '0', '10033', number],
    ['page[number]', '1000000001', '10033', number],
    ['page[number]', '9'.repeat(400), '10026', number],
    ['page[number]', 'NaN', '10026', number],
    ['filter[type]', 'status_changed', '10031', type],
    ['filter[type]', 'message.received', '10031', type],
    ['filter[type]', '', '10031', type],
    ['filter[type]', 'porting_order.split,porting_order.deleted', '10031', type],
    ['filter[porting_order_id]', '17', '10031', order],
    ['filter[porting_order_id]', '', '10031', order],
    ['filter[created_at][gte]', 'yesterday', '10031', time],
    ['filter[created_at][gte]', '2026-02-30T00:00:00Z', '10031', time],
    ['filter[created_at][lte]', '2026-01-01', '10031', time],
    ['filter[created_at][lte]', '1773342238', '10031', time],
  ])('%s=%s', async (parameter, given, code, allowed) => {
    const { status, body } = await reader.get(`/v2/porting/events?${new URLSearchParams({ [parameter]: given })}`);
    expect(status).toBe(422);
    expect(body).toStrictEqual({
      errors: [
        {
          code,
          title: expect.any(String),
          detail: `"${parameter}" is "${given.slice(0, 60)}". It must be ${allowed}.`,
          source: { parameter },
        },
      ],
    });
  });

  test.each([
    'filter[typ]',
    'sort',
    'page',
    'page[]',
    'filter[created_at]',
    'filter[created_at][gt]',
    '__proto__',
    '',
  ])('an unknown parameter "%s": the answer lists the known ones', async (parameter) => {
    const { status, body } = await reader.get(`/v2/porting/events?${new URLSearchParams({ [parameter]: 'x' })}`);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10031', source: { parameter } }]);
    expect(body.errors[0]?.detail).toContain(
      `"${parameter}" is not a parameter of this list. Allowed are page[number],`,
    );
  });

  test('a parameter given twice: 422', async () => {
    const { status, body } = await reader.get('/v2/porting/events?page[size]=5&page[size]=6');
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10015', source: { parameter: 'page[size]' } }]);
  });
});

test('any query is read, or refused with a 422 that names a parameter', () => {
  const names = fc.constantFrom(
    'page[number]',
    'page[size]',
    'filter[type]',
    'filter[porting_order_id]',
    'filter[created_at][gte]',
    'constructor',
  );
  const values = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.uuid(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(names, values), { maxLength: 4 }), fc.string(), (parameters, rest) => {
      try {
        const rawQueryString = `${new URLSearchParams(parameters)}${rest && `&${rest}`}`;
        const { page } = readNumberedQuery({ rawQueryString }, EVENT_QUERY);
        expect(page.size).toBeGreaterThanOrEqual(1);
        expect(page.size).toBeLessThanOrEqual(250);
        expect(page.number).toBeGreaterThanOrEqual(1);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
        expect(error).toMatchObject({ status: 422, source: { parameter: expect.any(String) } });
      }
    }),
  );
});
