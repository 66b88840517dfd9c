import { describe, expect, onTestFinished, test } from 'vitest';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { beginRun, endRun, moveCursor } from '../../functions/ledger/runs/sync-state.ts';
import { type BusFaults, startBus } from '../../infra/local/bus.ts';
import { loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { deliveredEvent, listedEvent, listing, recordListing, uuid, withoutPayload } from '../porting-events.ts';

const OVERDUE = 'exception=1';

/** The function as Lambda starts it, with a bus and a ledger. */
async function start(environment: Readonly<Record<string, string>> = {}) {
  const store = await openStore();
  const faults: { -readonly [Name in keyof BusFaults]: BusFaults[Name] } = {};
  const bus = await startBus({ name: 'bus', faults: { entry: (entry, index) => faults.entry?.(entry, index) } });
  onTestFinished(() => bus.close());
  const handle = await loadHandler('publish-events', {
    AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint(),
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
    EVENTS_TABLE: store.events,
    ORDERS_TABLE: store.orders,
    CONTROL_TABLE: store.control,
    EVENT_BUS: 'bus',
    API_URL: 'https://ledger.example',
    WEBHOOK_URL: 'https://hook.example/',
    WEBHOOK_TYPES: 'porting_order.status_changed',
    GRACE_MINUTES: '0',
    OVERDUE_AFTER: OVERDUE,
    RETAIN_DAYS: '30',
    SYNC_INTERVAL_SECONDS: '300',
    ...environment,
  });
  const invoke = (event: unknown) => handle(event, lambdaContext());
  return { store, bus, faults, invoke };
}

/** A record of DynamoDB's stream for a row. */
function streamed(...ids: readonly string[]) {
  const record = (id: string, index: number) => ({
    eventName: 'MODIFY',
    eventSource: 'aws:dynamodb',
    dynamodb: { Keys: { id: { S: id } }, SequenceNumber: String(100 + index), StreamViewType: 'NEW_IMAGE' },
  });
  return { Records: ids.map(record) };
}

const recent = (number: number, minutesAgo: number, fields = {}) =>
  listedEvent(number, { created_at: new Date(Date.now() - minutesAgo * 60_000).toISOString(), ...fields });

describe('the stream', () => {
  test('publishes each row that it names once, even if it names it twice', async () => {
    const { store, bus, invoke } = await start();
    for (const number of [1, 2]) await recordDelivery(store, deliveredEvent(recent(number, 1)), Date.now());
    const answer = await invoke(streamed(uuid(1), uuid(2), uuid(1), uuid(77)));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(
      bus
        .events()
        .map(({ detail }) => detail.id)
        .sort(),
    ).toEqual([uuid(1), uuid(2)]);
  });

  test('reports only the records whose row could not be published as failed', async () => {
    const { store, bus, faults, invoke } = await start();
    for (const number of [1, 2, 3]) await recordDelivery(store, deliveredEvent(recent(number, 1)), Date.now());
    faults.entry = ({ Detail = '' }) => (JSON.parse(Detail).id === uuid(2) ? 'InternalFailure' : undefined);
    const answer = await invoke(streamed(uuid(1), uuid(2), uuid(3)));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '101' }] });
    expect(bus.events()).toHaveLength(2);
  });
});

describe('the sweep', () => {
  test('publishes what is old enough, reports how much is left, and finds missed webhooks', async () => {
    const { store, bus, faults, invoke } = await start();
    const { learnIdsAgree } = await import('../../functions/ledger/events/id-agreement.ts');
    await learnIdsAgree(store, Date.now());
    const old = Date.now() - 10 * 60_000;
    await recordListing(store, listing(recent(1, 11)), old);
    await recordListing(store, listing(withoutPayload(recent(2, 11))), old);
    await recordDelivery(store, deliveredEvent(recent(3, 1)), Date.now());
    await recordListing(store, listing(recent(4, 12)), old - 60_000);
    faults.entry = ({ Detail = '' }) => (JSON.parse(Detail).id === uuid(4) ? 'InternalFailure' : undefined);
    const answer = await invoke({ sweep: { olderThanSeconds: 300 } });
    // One waits for its payload, as it should: the payload names the webhook URL. The bus refuses another.
    expect(answer).toEqual({ left: 2, missed: 2, decided: 0 });
    expect(bus.events().map(({ detail }) => detail.id)).toEqual([uuid(1)]);
    await invoke({ sweep: { olderThanSeconds: 0 } });
    expect(bus.events().filter((event) => event['detail-type'] === 'notification.missed')).toHaveLength(2);
  });
});

test('closing the day reports overdue orders', async () => {
  const { store, bus, invoke } = await start();
  const payload = { id: uuid(9), status: { value: 'exception', details: [] } };
  await recordDelivery(
    store,
    deliveredEvent(recent(1, 10 * 24 * 60, { payload, porting_order_id: uuid(9) })),
    Date.now(),
  );
  await invoke(streamed(uuid(1)));
  const lease = await beginRun(store, 'a run', Date.now() - 60_000);
  if (!lease) throw new Error('no lease');
  await moveCursor(store, lease, Date.now() - 60_000);
  await endRun(store, lease, Date.now() - 60_000, {});
  const answer = await invoke({ closeDay: true });
  expect(answer).toEqual({ unlisted: 0, overdue: 1, expiring: 0, retired: 0 });
  expect(bus.events()[0]).toMatchObject({ 'detail-type': 'porting_order.overdue', detail: { limit_business_days: 1 } });
});

test.each([
  ['GRACE_MINUTES', 'soon'],
  ['RETAIN_DAYS', '-1'],
  ['OVERDUE_AFTER', 'exeption=3'],
])('an invalid %s prevents the start, and the error says what is allowed', async (name, value) => {
  await expect(start({ [name]: value })).rejects.toThrow(new RegExp(`The environment variable ${name} must be`));
});
