import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveredIn, deliveryOf, listedIn, listingOf } from '../../functions/ledger/events/bodies.ts';
import { eventIn } from '../../functions/ledger/events/row.ts';
import { attributesOf, type Row } from '../../functions/ledger/table/values.ts';
import { type EventFacts, factsOf, type PortingEvent } from '../../functions/porting/event.ts';
import { readJson } from '../../functions/porting/json.ts';
import { readWebhook } from '../../functions/telnyx/webhook.ts';
import { uuid } from '../porting-events.ts';
import { statusEvent } from '../publish-events/events.ts';

const SEEN = '2026-03-20T12:00:09.000000Z';

/** The row's keys, as both sources write them. */
function keysOf({ id, eventType, portingOrderId, createdAt, version }: EventFacts): Row {
  return attributesOf({
    id,
    event_type: eventType,
    ...(portingOrderId !== undefined && { porting_order_id: portingOrderId }),
    created_at_id: `${createdAt}#${id}`,
    record_version: version,
  });
}

function factsOfText(json: string): EventFacts {
  const facts = factsOf(readJson(json), SEEN);
  if (!facts) throw new Error(`This is no event: ${json}`);
  return facts;
}

const listed = (json: string): Row => {
  const facts = factsOfText(json);
  return { ...keysOf(facts), ...attributesOf({ listing: listingOf(readJson(json) as PortingEvent, facts) }) };
};

/** Records with members that are missing, spelled differently, or unknown. */
const records = fc.record(
  {
    id: fc.constant(uuid(1)),
    event_type: fc.constantFrom('porting_order.status_changed', 'porting_order.x'),
    porting_order_id: fc.constantFrom(uuid(2), null),
    payload_status: fc.constantFrom('completed', 'created'),
    payload: fc.constantFrom(null, { id: uuid(2), n: 1 }, { id: uuid(3) }, { __proto__: null, id: uuid(2) }),
    available_notification_methods: fc.constant(['email']),
    record_type: fc.constantFrom('porting_event', 'other'),
    created_at: fc.constantFrom('2026-03-20T12:00:00.000001Z', '2026-03-20T12:00:00Z', '2026-03-20T12:00:00+00:00', 7),
    updated_at: fc.constantFrom('2026-03-20T12:00:03.000001Z', '2026-03-20T12:00:03Z', ''),
    unknown: fc.constantFrom(1, [{ id: 4 }]),
  },
  { requiredKeys: ['id', 'event_type'] },
);

test('the record of the list comes back as it was, whatever it has and lacks', () => {
  fc.assert(
    fc.property(records, (record) => {
      const json = JSON.stringify(record);
      expect(listedIn(listed(json))).toEqual(JSON.parse(json));
    }),
    { numRuns: 500 },
  );
});

test('a record in the documented form loses its keys in the row, and comes back in the same spelling', () => {
  const json = JSON.stringify({ ...statusEvent(1, 'submitted', 2), n: 1 }).replace('"n":1', '"n":1.0');
  const row = listed(json);
  expect(row.listing?.S).not.toMatch(/"(id|event_type|porting_order_id|created_at|record_type)":"porting|"created_at"/);
  const back = JSON.stringify(listedIn(row));
  expect(back).toContain('"n":1.0');
  expect(JSON.parse(back)).toEqual(JSON.parse(json));
});

test('a webhook comes back as it was read, whatever it has and lacks', () => {
  fc.assert(
    fc.property(records, ({ created_at: occurred_at, ...record }) => {
      const webhook = readWebhook(Buffer.from(JSON.stringify({ data: { ...record, occurred_at } })));
      if (webhook.is !== 'event') return;
      const { event } = webhook;
      const facts = factsOf(event, SEEN) as EventFacts;
      const delivery = deliveryOf(event, facts);
      expect(deliveredIn({ ...keysOf(facts), ...attributesOf({ delivery }) })).toEqual(event);
    }),
    { numRuns: 500 },
  );
});

test('rows from before, which hold complete bodies, are read', () => {
  const event = statusEvent(1, 'submitted', 2) as PortingEvent;
  const facts = factsOf(event, SEEN) as EventFacts;
  const row = {
    ...keysOf(facts),
    ...attributesOf({ record: JSON.stringify(event), delivered: 'superseded by the list' }),
  };
  expect(eventIn(row)).toMatchObject(event);
  const { record, ...undone } = row;
  expect(eventIn({ ...undone, ...attributesOf({ delivered: JSON.stringify(event) }) })).toMatchObject(event);
});
