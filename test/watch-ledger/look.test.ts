import { expect, test } from 'vitest';
import { endFinding, type HeldFinding, openFinding } from '../../functions/ledger/status/findings.ts';
import { recordFault } from '../../functions/ledger/status/upstream-state.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { look } from '../../functions/watch-ledger/look.ts';
import { mailOf } from '../../functions/watch-ledger/mail.ts';
import { counting } from '../counting-client.ts';
import { Death, mortal } from '../mortal.ts';
import { uuid } from '../porting-events.ts';
import { delivered } from '../query-events/reader.ts';
import { eventAt, missed, tell } from '../query-events/seed.ts';
import { MINUTE, NOON, openRig, type Rig, SENDER, synced } from './rig.ts';

/** The rig of a well ledger, whose API key is then refused. */
async function refused(): Promise<Rig> {
  const rig = await openRig();
  await synced(rig.store, rig.time);
  await recordFault(rig.store, 'key refused', rig.time + MINUTE);
  return rig;
}

const withoutSync = { sync: false };
const ID = `key_refused:${timestampOf(NOON + 5 * MINUTE)}`;
const told = (rig: Rig) => rig.onBus().map(({ detail }) => detail.id);

test('a finding is told once: on the bus, by mail, and last the heartbeat', async () => {
  const rig = await refused();
  const order: string[] = [];
  const put = rig.watcher.bus.put;
  const watcher = {
    ...rig.watcher,
    bus: {
      put(events: Parameters<typeof put>[0]) {
        order.push('bus');
        return put(events);
      },
    },
    mailer: async () => void order.push('mail'),
    heartbeat: () => void order.push('heartbeat'),
  };
  expect(await look(watcher, rig.time + 5 * MINUTE)).toEqual({ findings: 1, went_through: true });
  expect(order).toEqual(['bus', 'mail', 'heartbeat']);
  expect(rig.onBus()).toMatchObject([
    {
      'detail-type': 'ledger.finding',
      detail: {
        id: ID,
        severity: 'act_now',
        what: "Telnyx refuses the ledger's API key.",
        since: timestampOf(NOON + MINUTE),
        runbook: `${SENDER.runbookUrl}#key_refused`,
      },
    },
  ]);
  await rig.look(withoutSync);
  expect(told(rig)).toEqual([ID]);
  expect(rig.mails).toEqual([]);
});

test('a finding that comes back after one clean look is the same', async () => {
  const rig = await refused();
  await rig.look(withoutSync);
  await rig.look();
  expect((await rig.held()).map(({ id, cleanLooks }) => [id, cleanLooks])).toEqual([[ID, 1]]);
  await recordFault(rig.store, 'key refused', rig.time);
  await rig.look(withoutSync);
  expect((await rig.held()).map(({ id, cleanLooks }) => [id, cleanLooks])).toEqual([[ID, 0]]);
  await rig.look();
  await rig.look();
  expect(told(rig)).toEqual([ID, `${ID}:over`]);
});

test('after its end it is another finding, under another id', async () => {
  const rig = await refused();
  await rig.look(withoutSync);
  await rig.look();
  await rig.look();
  expect(await rig.held()).toEqual([]);
  await recordFault(rig.store, 'key refused', rig.time);
  await rig.look(withoutSync);
  expect(told(rig)).toEqual([ID, `${ID}:over`, `key_refused:${timestampOf(rig.time)}`]);
});

test('only what cannot wait is mailed, and its end', async () => {
  const rig = await refused();
  await missed(rig.store, eventAt(1, rig.time), rig.time);
  await tell(rig.store, uuid(1), { at: rig.time, status: 'submitted' });
  await rig.look(withoutSync);
  await delivered(rig.store, eventAt(1, NOON), rig.time);
  await rig.look();
  await rig.look();
  expect(
    rig
      .onBus()
      .map(({ 'detail-type': type, detail }) => [type, detail.code])
      .sort(),
  ).toEqual([
    ['ledger.finding', 'key_refused'],
    ['ledger.finding', 'notifications_missed'],
    ['ledger.finding_over', 'key_refused'],
    ['ledger.finding_over', 'notifications_missed'],
  ]);
  expect(rig.mails.map(({ subject }) => subject)).toEqual([
    "PortInLedger: Telnyx refuses the ledger's API key.",
    "PortInLedger: over: Telnyx refuses the ledger's API key.",
  ]);
  expect(rig.mails[0]?.text).toBe(
    [
      "Telnyx refuses the ledger's API key.",
      '',
      'Put a valid API key into its secret. Requests use it 30 seconds later.',
      '',
      `Since: ${timestampOf(NOON + MINUTE)}`,
      'Run first: LEDGER_URL=https://ledger.example npm run ledger -- status',
      'Health: https://ledger.example/#/health',
      'Runbook: https://runbook.example/operations.md#key_refused',
      'Ledger: PortInLedger, https://ledger.example',
      `Finding: ${ID}`,
    ].join('\n'),
  );
  expect(rig.mails[1]?.text).toMatch(/^Over: Telnyx refuses .*There is nothing to do\./s);
});

test('a mail names no page of a console that is switched off', () => {
  const finding = { code: 'sync_stopped', what: 'It stopped.', do: 'Act.', since: '', id: 'i' } as HeldFinding;
  expect(mailOf(finding, { ...SENDER, hasConsole: false }).text).not.toContain('#/');
});

test('a subject is short, on one line, and ASCII, whatever Telnyx says', () => {
  const what = `No sync run has ever completed: “Telnyx”\nsays ${'x'.repeat(200)}.`;
  const finding = { code: 'sync_stopped', what, do: 'Act.', since: '', id: 'i', severity: 'act_now' } as HeldFinding;
  expect(mailOf(finding, SENDER).subject).toMatch(/^PortInLedger: No sync run has ever completed: [\x20-\x7e]*\.\.\.$/);
  expect(mailOf(finding, SENDER).subject.length).toBeLessThan(100);
});

test('while the bus is down the mail goes out, without a heartbeat; the bus has it later under the same id', async () => {
  const rig = await refused();
  rig.faults.entry = () => 'InternalFailure';
  expect(await rig.look(withoutSync)).toEqual({ findings: 1, went_through: false });
  expect([told(rig), rig.mails.length, rig.heartbeats]).toEqual([[], 1, []]);
  delete rig.faults.entry;
  await rig.look(withoutSync);
  expect([told(rig), rig.mails.length, rig.heartbeats]).toEqual([[ID], 1, [1]]);
});

test('while the topic is down the bus has it, without a heartbeat; the mail goes out later', async () => {
  const rig = await refused();
  rig.topicIsDown = true;
  await rig.look(withoutSync);
  expect([told(rig), rig.mails.length, rig.heartbeats]).toEqual([[ID], 0, []]);
  rig.topicIsDown = false;
  await rig.look(withoutSync);
  expect([told(rig), rig.mails.length, rig.heartbeats]).toEqual([[ID], 1, [1]]);
});

test('a finding that the bus refuses does not hold up the others', async () => {
  const rig = await refused();
  await missed(rig.store, eventAt(1, rig.time), rig.time);
  rig.faults.entry = ({ Detail = '' }) => (Detail.includes('key_refused') ? 'InternalFailure' : undefined);
  await rig.look(withoutSync);
  expect(rig.onBus().map(({ detail }) => detail.code)).toEqual(['notifications_missed']);
});

test('one that is over before the bus took it is told with its end, and may appear again meanwhile', async () => {
  const rig = await refused();
  rig.faults.entry = () => 'InternalFailure';
  await rig.look(withoutSync);
  await rig.look();
  await rig.look();
  await recordFault(rig.store, 'key refused', rig.time);
  await rig.look(withoutSync);
  const again = `key_refused:${timestampOf(rig.time)}`;
  expect(await rig.codes()).toEqual(['key_refused']);
  expect(rig.mails.map(({ text }) => /Finding: (.*)$/.exec(text)?.[1])).toEqual([ID, ID, again]);
  delete rig.faults.entry;
  await rig.look(withoutSync);
  expect([...told(rig)].sort()).toEqual([ID, `${ID}:over`, again].sort());
  expect((await rig.held()).map(({ id }) => id)).toEqual([again]);
});

test('two looks at once tell a finding under one id, and count as one clean look', async () => {
  const rig = await refused();
  const twice = (time: number) => Promise.all([look(rig.watcher, time), look(rig.watcher, time + 1)]);
  await twice(rig.time + 5 * MINUTE);
  expect(new Set(told(rig)).size).toBe(1);
  expect(await rig.held()).toHaveLength(1);
  await synced(rig.store, rig.time + 8 * MINUTE);
  await twice(rig.time + 10 * MINUTE);
  expect((await rig.held()).map(({ cleanLooks }) => cleanLooks)).toEqual([1]);
  await twice(rig.time + 11 * MINUTE);
  expect(await rig.held()).toEqual([]);
  expect(new Set(told(rig)).size).toBe(2);
});

test('what a look had ended when it died is over, even if it is found again', async () => {
  const rig = await refused();
  await rig.look(withoutSync);
  const [held] = await rig.held();
  const { store } = mortal(rig.store, 1, 'after');
  await endFinding(store, held as HeldFinding, rig.time).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
  expect(await rig.held()).toHaveLength(2);
  await rig.look(withoutSync);
  expect(told(rig)).toEqual([ID, `key_refused:${timestampOf(rig.time)}`, `${ID}:over`]);
});

test('a finding whose code the ledger no longer knows ends', async () => {
  const rig = await openRig();
  const old = { code: 'of_an_older_version', severity: 'look_today', what: 'It was.', do: 'Nothing.', since: null };
  await openFinding(rig.store, old, rig.time);
  await rig.look();
  await rig.look();
  expect(await rig.held()).toEqual([]);
  expect(rig.onBus().map(({ detail }) => detail.code)).toEqual(['of_an_older_version', 'of_an_older_version']);
});

test('without a topic, as on a laptop, nothing is mailed and the rest goes on', async () => {
  const rig = await refused();
  const watcher = { ...rig.watcher, mailer: undefined, countDeadLetters: undefined };
  for (const minutes of [5, 10]) expect((await look(watcher, NOON + minutes * MINUTE)).went_through).toBe(true);
  await synced(rig.store, NOON + 11 * MINUTE);
  for (const minutes of [12, 13]) expect((await look(watcher, NOON + minutes * MINUTE)).went_through).toBe(true);
  expect(told(rig)).toEqual([ID, `${ID}:over`]);
  expect(await rig.held()).toEqual([]);
});

test('when the queues cannot be counted, the last counts hold, everything is told, and the heartbeat is missing', async () => {
  const rig = await openRig();
  rig.letters = { scheduled_runs: 2, stream_batches: 0 };
  await rig.look();
  await missed(rig.store, eventAt(1, rig.time), rig.time);
  const countDeadLetters = async () => Promise.reject(new Error('SQS is down'));
  const later = await look({ ...rig.watcher, countDeadLetters }, rig.time + MINUTE);
  expect(later).toEqual({ findings: 2, went_through: false });
  expect(await rig.codes()).toEqual(['dead_letters', 'notifications_missed']);
  expect(rig.onBus()).toHaveLength(2);
  expect(rig.heartbeats).toEqual([1]);
});

test('a look with nothing to tell writes nothing, and takes some 37 requests', async () => {
  const rig = await refused();
  await rig.look(withoutSync);
  const { store, requests } = counting(rig.store);
  await look({ ...rig.watcher, store: { ...rig.store, client: store.client } }, rig.time);
  const made = requests();
  expect(Object.keys(made).sort()).toEqual(['GetItem', 'Query']);
  expect(Object.values(made).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(37);
});
