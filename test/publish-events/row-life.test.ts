import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { markMissed, markUnlisted } from '../../functions/ledger/events/awaited.ts';
import { learnIdsDiffer } from '../../functions/ledger/events/id-agreement.ts';
import { recordAttempt, recordOutcome } from '../../functions/ledger/events/republishes.ts';
import { retire } from '../../functions/ledger/events/retention.ts';
import { claimHealing, recordHealing } from '../../functions/ledger/gaps/healing.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { withoutPayload } from '../porting-events.ts';
import { statusEvent } from './events.ts';
import { MINUTE, openRig, type Rig } from './rig.ts';

/** Names of attributes, sorted. */
type Names = readonly string[];

interface Step {
  readonly what: string;
  readonly sets: Names;
  readonly removes: Names;
}

const docs = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, each as its cells. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = docs.split(/^#{2,3} /m).find((text) => text.startsWith(heading)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(1).map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));
}

const namesIn = (cell = ''): Names => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).sort();

const documented: readonly Step[] = tableUnder('The life of an event').map(([what = '', sets, removes]) => ({
  what,
  sets: namesIn(sets),
  removes: namesIn(removes),
}));

const listed = statusEvent(1, 'exception', 1);
const delivered = statusEvent(2, 'submitted', 2);
const other = statusEvent(3, 'exception', 3);
const otherId = '00000000-0000-4000-8000-000000000777';

/** Makes each documented thing happen to a row, in a possible order. */
async function live(rig: Rig): Promise<readonly Step[]> {
  const steps: Step[] = [];
  async function step(what: string, id: string, act: () => Promise<unknown>): Promise<void> {
    const before = (await rig.row(id)) ?? {};
    rig.time += MINUTE;
    await act();
    const after = (await rig.row(id)) ?? {};
    steps.push({ what, ...changes(before, after) });
  }
  const { store } = rig;
  await step('first webhook', delivered.id, () => rig.deliver(delivered));
  await step('publish', delivered.id, () => rig.publish(delivered.id));
  await step('another webhook', delivered.id, () => rig.deliver(delivered));
  await step('not listed for a day', delivered.id, () => markUnlisted(store, delivered.id, rig.time));
  const tied = statusEvent(4, 'exception', 2);
  await rig.deliver(tied);
  await step('another event of the same second in its order', delivered.id, () => rig.publish(tied.id));
  await step('listing of an event that a webhook brought', delivered.id, () => rig.list(delivered));
  await rig.publish(delivered.id);
  await step('expiry', delivered.id, () => retire(store, [delivered.id], rig.time));

  await step('first listing, without payload', listed.id, () => rig.list(withoutPayload(listed)));
  await step('listing with payload', listed.id, () => rig.list(listed));
  await rig.publish(listed.id);
  await step('webhook given up', listed.id, () => markMissed(store, listed.id, rig.time));
  await step('publish as missed', listed.id, () => rig.publish(listed.id));
  await step('healing begins', listed.id, () => claimHealing(store, listed.id, 'worker', rig.time));
  await step('healing ends', listed.id, () => recordHealing(store, listed.id, 'worker', 'sent'));
  let attempt = { id: listed.id, at: '' };
  await step('republish begins', listed.id, async () => {
    attempt = await recordAttempt(store, listed.id, 'operate:1', rig.time);
  });
  await step('republish ends', listed.id, () => recordOutcome(store, attempt, 'sent'));
  await step('late webhook', listed.id, () => rig.deliver(listed));
  await step('publish as recovered', listed.id, () => rig.publish(listed.id));

  await learnIdsDiffer(store, rig.time);
  await rig.deliver({ ...other, id: otherId });
  await rig.publish(otherId);
  await rig.list(other);
  const [before, beforeOther] = [await rig.row(other.id), await rig.row(otherId)] as [Row, Row];
  await rig.publish(other.id);
  steps.push({ what: 'join: the row of the list', ...changes(before, (await rig.row(other.id)) ?? {}) });
  steps.push({ what: 'join: the row of the webhook', ...changes(beforeOther, (await rig.row(otherId)) ?? {}) });
  return steps;
}

function changes(before: Row, after: Row): Pick<Step, 'sets' | 'removes'> {
  const isChanged = (name: string) => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  return {
    sets: Object.keys(after).filter(isChanged).sort(),
    removes: Object.keys(before)
      .filter((name) => !(name in after))
      .sort(),
  };
}

test('docs/data.md states which attributes each change sets and removes, and describes every attribute', async () => {
  const steps = await live(await openRig());

  expect(steps).toEqual(documented);
  const described = tableUnder('`events`').flatMap(([names]) => namesIn(names));
  const used = new Set(steps.flatMap(({ sets, removes }) => [...sets, ...removes]));
  expect([...used].sort()).toEqual(described.sort());
});
