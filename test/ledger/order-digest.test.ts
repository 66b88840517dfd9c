import { expect, test } from 'vitest';
import { digestOf, readAs } from '../../functions/ledger/orders/order-digest.ts';
import type { OrderDetails } from '../../functions/porting/order-details.ts';

const FOC = '2026-12-10T15:00:00.000000Z';
const details: OrderDetails = {
  status: 'submitted',
  numberCount: 12,
  messaging: { enable_messaging: true, messaging_capable: false },
};

test('a digest is equal for equal details, and another for each difference that the ledger cannot know', () => {
  const messaging = { messaging_capable: false, enable_messaging: true };
  expect(digestOf({ messaging, numberCount: 12 })).toBe(digestOf(details));
  expect(digestOf({ ...details, status: 'ported', focBefore: FOC })).toBe(digestOf(details));
  const others = [{ foc: FOC }, { foc: null }, { numberCount: 13 }, { messaging: {} }, { losingCarrier: 'A' }];
  const digests = others.map((other) => digestOf({ ...details, ...other }));
  expect(new Set([...digests, digestOf(details)]).size).toBe(others.length + 1);
});

test('what was read of an order with another status equals nothing that the list may show', () => {
  const { status, ...kept } = details;
  const reading = { details: kept, readAt: FOC };
  expect(readAs(reading)).toBe(digestOf(details));
  expect(readAs({ ...reading, differs: { status: 'ported', since: FOC } })).not.toBe(digestOf(details));
});
