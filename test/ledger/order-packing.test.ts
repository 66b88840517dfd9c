import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type HeldFact, pack, unpack } from '../../functions/ledger/orders/order-packing.ts';

const facts: readonly HeldFact[] = [
  {
    id: '842e69a9-5a4c-4542-a851-619aee126e88',
    at: '2026-11-03T14:22:53.000000Z',
    type: 'porting_order.status_changed',
    v: '1#0#',
    listed: false,
    webhook: true,
    supportKey: 'sr_bb53fd',
    reference: 'port-2839',
    status: { value: 'submitted', details: [] },
  },
];
const reading = {
  details: { foc: '2026-11-12T15:00:00.000000Z', numberCount: 12 },
  readAt: '2026-11-03T14:25:00.000000Z',
};

test('what is packed is unpacked', () => {
  expect(unpack(pack({ facts, reading }))).toEqual({ facts, reading });
  expect(unpack(pack({ facts, reading: undefined }))).toEqual({ facts, reading: undefined });
  expect(unpack(undefined)).toEqual({ facts: [], reading: undefined });
});

test('a row that was written before there was a dictionary is read', () => {
  expect(unpack(deflateRawSync(JSON.stringify(facts)))).toEqual({ facts, reading: undefined });
});

test('a row that was written with the dictionary of November 2026 is read', () => {
  const stored =
    'tZM9DoAwCEbv4iyJUGio53B1oFpP4GZ6d6MO9Xd0hi+Bl+8t1WTDfPR+HylT8sECiPEALExgKggeg6WE5JNqiZMHRGhch9wSteJ+O/2BN0Zx03iDvG0AqQuvtIuxV1dzX3/7efoTX9t1NY4enS6A5BzMeQU=';
  expect(unpack(Buffer.from(stored, 'base64'))).toEqual({ facts, reading });
});
