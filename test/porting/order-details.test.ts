import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../functions/porting/json.ts';
import { focChange, type OrderDetails, readDetails, refreshedBy } from '../../functions/porting/order-details.ts';
import { ALLOWED, filledOrders, isAllowed, leavesOfOrder } from './filled-order.ts';

const ID = 'f1486bae-f067-460c-ad43-73a92848f902';
const read = (members: object): OrderDetails => readDetails({ id: ID, ...members })?.details ?? {};
const withFoc = (foc: unknown) => read({ activation_settings: { foc_datetime_actual: foc } });

const flat = (details: object, prefix = ''): [string, unknown][] =>
  Object.entries(details).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? flat(value, `${prefix}${name}.`) : [[prefix + name, value]],
  );

describe('an order in which every field of the description is filled', () => {
  test('has the private fields that matter, and all that is allowed', () => {
    const paths = leavesOfOrder.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(Object.keys(ALLOWED)));
    expect(paths).toEqual(
      expect.arrayContaining([
        'end_user.admin.account_number',
        'end_user.admin.auth_person_name',
        'end_user.admin.pin_passcode',
        'end_user.location.street_address',
        'phone_numbers[].phone_number',
        'requirements[].field_value',
        'documents.loa',
        'user_feedback.user_comment',
        'phone_number_configuration.tags[]',
      ]),
    );
    expect(paths.length).toBeGreaterThan(55);
  });

  test('gives every allowed value, and nothing else', () => {
    fc.assert(
      fc.property(filledOrders(), ({ order, values }) => {
        const details = readDetails(order)?.details ?? {};
        const expected = Object.entries(ALLOWED).map(([path, name]) => [name, values.get(path)]);
        expect(Object.fromEntries(flat(details))).toEqual(Object.fromEntries(expected));
      }),
    );
  });

  test('gives the same whatever the values that are not allowed, also where allowed ones are missing', () => {
    const missing = fc.subarray(Object.keys(ALLOWED));
    const twoOrders = fc
      .tuple(filledOrders(), missing, fc.constantFrom(null, undefined))
      .chain(([filled, paths, gap]) => {
        const allowed = new Map([...filled.values].filter(([path]) => isAllowed(path)));
        for (const path of paths) allowed.set(path, gap);
        return fc.tuple(filledOrders(allowed), filledOrders(allowed));
      });
    fc.assert(
      fc.property(twoOrders, ([one, other]) => {
        expect(readDetails(one.order)).toEqual(readDetails(other.order));
      }),
    );
  });

  test('gives the same when members are added at any place, such as those of a later description', () => {
    const added = fc.dictionary(
      fc.string().map((name) => `new_${name}`),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(filledOrders(), added, added, ({ order }, outer, inner) => {
        const nested = Object.entries(order).map(([name, value]) =>
          typeof value === 'object' && !Array.isArray(value) ? [name, { ...value, ...inner }] : [name, value],
        );
        expect(readDetails({ ...outer, ...Object.fromEntries(nested) })).toEqual(readDetails(order));
      }),
    );
  });
});

describe('an order that is not as described', () => {
  const names = new Set(['id', ...leavesOfOrder.map(({ path }) => path.split(/[.[]/)[0] ?? '')]);

  test('is read without an error, and gives plain JSON of known members and types', () => {
    const orders = fc.record(Object.fromEntries([...names].map((name) => [name, fc.jsonValue()])), {
      requiredKeys: [],
    });
    const types: Readonly<Record<string, string>> = {
      numberCount: 'number',
      requirementsMet: 'boolean',
      'messaging.enable_messaging': 'boolean',
      'messaging.messaging_capable': 'boolean',
      'messaging.messaging_port_completed': 'boolean',
    };
    fc.assert(
      fc.property(fc.oneof(orders, fc.jsonValue()), (order) => {
        const details = readDetails(order)?.details ?? {};
        expect(JSON.parse(JSON.stringify(details))).toEqual(details);
        for (const [name, value] of flat(details)) {
          expect(Object.values(ALLOWED)).toContain(name);
          expect(value === null && name === 'foc' ? 'null' : typeof value).toBe(
            value === null ? 'null' : (types[name] ?? 'string'),
          );
        }
      }),
    );
  });

  test.each([null, [], 'x', 7, {}, { id: 7 }, { id: '' }, { id: 'x'.repeat(201) }])('%j is no order', (record) => {
    expect(readDetails(record)).toBeUndefined();
  });

  test('is kept in bounds: long texts are cut, and what is nested deep is not followed', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const order = readJson(`{"id":"${ID}","status":{"value":"${'s'.repeat(1e6)}"},"customer_reference":${deep},
      "messaging":{"messaging_port_status":${deep},"more":"x"},"porting_phone_numbers_count":12}`);
    expect(readDetails(order)?.details).toEqual({ status: 's'.repeat(500), numberCount: 12 });
  });

  test.each<[string, unknown, unknown]>([
    ['a status that no one knows', { status: { value: 'port-activating' } }, { status: 'port-activating' }],
    ['half a character', { support_key: 'sr_\ud800' }, { supportKey: 'sr_\ufffd' }],
    ['numbers that are none', { porting_phone_numbers_count: -1 }, {}],
    ['a fraction of a number', { porting_phone_numbers_count: 1.5 }, {}],
    ['a count as text', { porting_phone_numbers_count: '12' }, {}],
    ['a flag as text', { requirements_met: 'true' }, {}],
    ['the null of a draft', { support_key: null, customer_reference: null, messaging: null }, {}],
    ['a date that is none', { created_at: '2026-02-30T00:00:00Z' }, {}],
  ])('%s', (_, members, expected) => {
    expect(read(members as object)).toEqual(expected);
  });

  test('has a count with more digits than a number holds', () => {
    expect(readDetails(readJson(`{"id":"x","porting_phone_numbers_count":12345678901234567890}`))?.details).toEqual({});
    expect(readDetails(readJson(`{"id":"x","porting_phone_numbers_count":12.0}`))?.details).toEqual({
      numberCount: 12,
    });
  });
});

test("the id is in one case, and instants are in the ledger's spelling", () => {
  const order = { id: ID.toUpperCase(), created_at: '2026-03-12T20:03:58.25+01:00' };
  expect(readDetails(order)).toEqual({
    id: ID,
    details: { created: '2026-03-12T19:03:58.250000Z' },
  });
});

describe('between two readings', () => {
  const ONE = '2026-12-10T15:00:00.000000Z';
  const OTHER = '2026-12-14T15:00:00.000000Z';

  test.each<[string, unknown, unknown, ReturnType<typeof focChange>]>([
    ['a first date is set', null, ONE, { kind: 'set', from: null, to: ONE }],
    ['a first date is set where nothing was known', undefined, ONE, { kind: 'set', from: null, to: ONE }],
    ['a date moves', ONE, OTHER, { kind: 'moved', from: ONE, to: OTHER }],
    ['a date moves to an earlier one', OTHER, ONE, { kind: 'moved', from: OTHER, to: ONE }],
    ['a date is taken back', ONE, null, { kind: 'taken back', from: ONE, to: null }],
    ['a date stays', ONE, ONE, undefined],
    ['a date is spelled otherwise', ONE, '2026-12-10T16:00:00+01:00', undefined],
    ['there is no date yet', null, null, undefined],
    ['there is no date, where nothing was known', undefined, null, undefined],
    ['nothing is said', ONE, undefined, undefined],
    ['what is said cannot be read', ONE, 'soon', undefined],
  ])('%s', (_, before, after, expected) => {
    expect(focChange(withFoc(before), withFoc(after))).toEqual(expected);
  });

  test('the first is kept as it is', () => {
    expect(refreshedBy(withFoc(ONE), undefined)).toEqual(withFoc(ONE));
  });

  test('the date before the last move stays until the next move', () => {
    const readings = [withFoc(null), withFoc(ONE), withFoc(OTHER), withFoc(OTHER), withFoc(null), withFoc(ONE)];
    let kept: OrderDetails | undefined;
    const story = readings.map((reading) => {
      kept = refreshedBy(reading, kept);
      return [kept.foc, kept.focBefore];
    });
    expect(story).toEqual([
      [null, undefined],
      [ONE, undefined],
      [OTHER, ONE],
      [OTHER, ONE],
      [null, OTHER],
      [ONE, OTHER],
    ]);
  });

  test('a date that one reading lacks is kept, so that the next does not announce it again', () => {
    const second = refreshedBy(read({ phone_number_type: 'local' }), withFoc(ONE));
    expect(second).toEqual({ numberType: 'local', foc: ONE });
    expect(focChange(second, withFoc(ONE))).toBeUndefined();
  });
});
