import { describe, expect, test } from 'vitest';
import { recordFault } from '../../functions/ledger/status/upstream-state.ts';
import { look } from '../../functions/watch-ledger/look.ts';
import { Death, mortal } from '../mortal.ts';
import { delivered } from '../query-events/reader.ts';
import { eventAt, missed } from '../query-events/seed.ts';
import { MINUTE, openRig, type Rig, synced } from './rig.ts';

/** A look that dies at its nth step. The bus and the topic are steps, too. Returns whether it died. */
async function dyingLook(rig: Rig, diesAt: number, when: 'before' | 'after'): Promise<boolean> {
  rig.time += 5 * MINUTE;
  const { store, step, died } = mortal(rig.store, diesAt, when);
  const { bus, mailer } = rig.watcher;
  const watcher = {
    ...rig.watcher,
    store,
    bus: { put: (events: Parameters<typeof bus.put>[0]) => step(() => bus.put(events)) },
    mailer: (mail: Parameters<NonNullable<typeof mailer>>[0]) => step(async () => mailer?.(mail)),
    heartbeat: (findings: number) => {
      if (!died()) rig.watcher.heartbeat(findings);
    },
  };
  await look(watcher, rig.time).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
  return died();
}

/** The two findings of the tests: one is mailed and one is not. */
async function begin(rig: Rig): Promise<void> {
  await synced(rig.store, rig.time);
  await recordFault(rig.store, 'key refused', rig.time + MINUTE);
  await missed(rig.store, eventAt(1, rig.time), rig.time);
}

async function end(rig: Rig): Promise<void> {
  await delivered(rig.store, eventAt(1, rig.time), rig.time);
  await synced(rig.store, rig.time + MINUTE);
}

/** Each finding of each code appeared under one id and ended under the same, at least once each, in this order. */
function expectWholeStory(rig: Rig): void {
  const told = rig.onBus().map(({ 'detail-type': type, detail }) => ({ type, ...detail }) as Record<string, string>);
  for (const code of ['key_refused', 'notifications_missed']) {
    const ids = [...new Set(told.filter((one) => one.code === code).map(({ id }) => id))];
    expect(ids).toEqual([ids[0], `${ids[0]}:over`]);
  }
  const mails = [...new Set(rig.mails.map(({ subject, text }) => `${subject} ${/Finding: (.*)$/.exec(text)?.[1]}`))];
  const id = told.find(({ code }) => code === 'key_refused')?.id;
  expect(mails).toEqual([
    `PortInLedger: Telnyx refuses the ledger's API key. ${id}`,
    `PortInLedger: over: Telnyx refuses the ledger's API key. ${id}`,
  ]);
}

describe.each(['before', 'after'] as const)('a look dies %s the effect of any step', (when) => {
  test('while findings appear: they appear and end once, under one id', async () => {
    let [diesAt, alive] = [0, false];
    for (; !alive; diesAt += 1) {
      const rig = await openRig();
      await begin(rig);
      alive = !(await dyingLook(rig, diesAt, when));
      if (!alive) expect(rig.heartbeats).toEqual([]);
      await rig.look({ sync: false });
      await end(rig);
      await rig.look();
      await rig.look();
      expectWholeStory(rig);
      expect(await rig.held()).toEqual([]);
    }
    expect(diesAt).toBeGreaterThan(36);
  });

  test('while they end: the same', async () => {
    let [diesAt, alive] = [0, false];
    for (; !alive; diesAt += 1) {
      const rig = await openRig();
      await begin(rig);
      await rig.look({ sync: false });
      await end(rig);
      await rig.look();
      alive = !(await dyingLook(rig, diesAt, when));
      if (!alive) expect(rig.heartbeats).toHaveLength(2);
      await rig.look();
      expectWholeStory(rig);
      expect(await rig.held()).toEqual([]);
    }
    expect(diesAt).toBeGreaterThan(36);
  });
});
