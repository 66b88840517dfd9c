import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { type NoticeBoard, startNoticeBoard } from '../../infra/local/notice-board.ts';
import { captureLog, loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { engineEndpoint } from '../open-store.ts';
import { startSecretsManager } from '../secrets-manager.ts';
import { synced } from '../watch-ledger/rig.ts';
import { MORNING, openRig, orderId, type Rig } from './rig.ts';

let rig: Rig;
let board: NoticeBoard;
beforeEach(async () => {
  vi.setSystemTime(MORNING);
  rig = await openRig();
  board = await startNoticeBoard(() => {});
  onTestFinished(board.close);
});

async function start(store: OrderStore, more: Readonly<Record<string, string>> = {}) {
  const secrets = await startSecretsManager({ chats: JSON.stringify(board.webhooks) });
  const handle = await loadHandler('notify-people', {
    AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_SNS: board.endpoint,
    EVENTS_TABLE: store.events,
    ORDERS_TABLE: store.orders,
    CONTROL_TABLE: store.control,
    NOTICE_TOPIC: board.topic,
    CHAT_WEBHOOKS_SECRET: 'chats',
    NOTICES: 'all',
    TIMEZONE: 'Europe/Berlin',
    API_URL: 'https://ledger.example',
    CONSOLE: 'on',
    SYNC_INTERVAL_SECONDS: '300',
    ...more,
  });
  return (event: object) => handle(event, lambdaContext());
}

test.each([
  ['on', true],
  ['off', false],
])('with CONSOLE=%s, a message links to the order in the console: %s', async (CONSOLE, isLinked) => {
  const handle = await start(rig.store, { CONSOLE });
  await handle(await refused());
  for (const delivery of board.deliveries()) {
    const page = `https://ledger.example/#/orders/${orderId(1)}`;
    expect(JSON.stringify(delivery).includes(page)).toBe(isLinked);
  }
  expect(board.deliveries()).toHaveLength(3);
});

/** An event as EventBridge hands it over. */
async function refused() {
  const { id } = await rig.changes(1, 'exception', [{ code: 'LOA_ILLEGIBLE' }]);
  const order = { id: orderId(1), status_since: '2026-11-26T08:00:00.000000Z' };
  return {
    version: '0',
    id: 'of EventBridge',
    'detail-type': 'porting_order.action_required',
    source: 'port-in-ledger',
    detail: { id: `${id}:action_required`, revision: 1, live: true, event_id: id, order, details: null },
  };
}

test('an event of the bus becomes a mail, a message in Slack and a card in Teams, and nothing of them is logged', async () => {
  const log = captureLog();
  const handle = await start(rig.store);
  expect(await handle(await refused())).toEqual({ sent: 1, over: 0, waiting: 0 });
  const deliveries = board.deliveries();
  expect(deliveries.map(({ channel }) => channel).sort()).toEqual(['mail', 'slack', 'teams']);
  for (const delivery of deliveries) {
    expect(JSON.stringify(delivery)).toContain('Refused: port-1 - LOA illegible - fix by Thu 10 Dec');
  }
  expect(log.lines().map(({ event }) => event)).toEqual([...Array(3).fill('message_sent'), 'notices']);
  expect(log.text()).not.toMatch(/port-1|127\.0\.0\.1|LOA/);
});

test('a channel that is not there is not missed', async () => {
  const handle = await start(rig.store, { CHAT_WEBHOOKS_SECRET: 'none' });
  expect(await handle(await refused())).toEqual({ sent: 1, over: 0, waiting: 0 });
  expect(board.deliveries().map(({ channel }) => channel)).toEqual(['mail']);
});

test('a secret without a value holds up no mail', async () => {
  const handle = await start(rig.store, { CHAT_WEBHOOKS_SECRET: 'no such secret' });
  expect(await handle(await refused())).toEqual({ sent: 0, over: 0, waiting: 1 });
  expect(board.deliveries().map(({ channel }) => channel)).toEqual(['mail']);
});

test('only the notices of the setting are sent', async () => {
  const handle = await start(rig.store, { NOTICES: 'overdue' });
  expect(await handle(await refused())).toEqual({ sent: 0, over: 0, waiting: 0 });
  expect(board.deliveries()).toEqual([]);
});

test('the schedules send what waits, and the digest', async () => {
  const handle = await start(rig.store, { CHAT_WEBHOOKS_SECRET: 'none' });
  const event = await refused();
  await handle({ ...event, detail: { ...event.detail, live: false } });
  vi.setSystemTime(MORNING + 5 * 60_000);
  await synced(rig.store, Date.now());
  expect(await handle({ notices: true })).toEqual({ sent: 1, over: 0, waiting: 0 });
  expect(await handle({ digest: true })).toEqual({ digest: true });
  const subjects = board.deliveries().map((delivery) => 'subject' in delivery && delivery.subject);
  expect(subjects).toEqual(['Porting, Thu 26 Nov: 1 needs you', 'Refused: port-1 - LOA illegible - fix by Thu 10 Dec']);
});
