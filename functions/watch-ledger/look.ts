import { type Found, findingOf, type Severity } from '../health/findings.ts';
import { judge } from '../health/judge.ts';
import { type HealingSettings, judgedStatus } from '../health/judged-status.ts';
import { describeError, type Level, log } from '../lambda/log.ts';
import { type DeadLetters, putDeadLetters } from '../ledger/status/dead-letters.ts';
import {
  endFinding,
  type HeldFinding,
  openFinding,
  readFindings,
  removeOpen,
  setCleanLooks,
} from '../ledger/status/findings.ts';
import { readStatus } from '../ledger/status/status.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { type Telling, tell } from './tell.ts';

/** What a look works with. */
export interface Watcher extends Telling {
  readonly store: OrderStore;
  readonly healing: HealingSettings;
  /** `undefined` where there are no queues. */
  readonly countDeadLetters: (() => Promise<DeadLetters>) | undefined;
  /** Called last, with the number of findings that hold, if the look went through. */
  readonly heartbeat: (findings: number) => void;
}

/** The result of a look. */
export interface Look {
  readonly findings: number;
  /** False when a queue, the bus or the topic failed. */
  readonly went_through: boolean;
}

/** A finding is over when this many looks in a row have not found it. */
const CLEAN_LOOKS = 2;

/**
 * Looks at the ledger once: judges it, records which findings appeared and which are over, tells it, and writes the
 * heartbeat. Each step may be repeated: a death between two of them changes no id.
 *
 * @param now milliseconds since 1970
 */
export async function look(watcher: Watcher, now: number): Promise<Look> {
  const { store, healing, heartbeat } = watcher;
  const [status, letters] = await Promise.all([readStatus(store, now), countedLetters(watcher)]);
  const known = status.dead_letters;
  const counts = letters.counts ?? known;
  if (letters.counts && !areSame(letters.counts, known)) await putDeadLetters(store, letters.counts, now);
  const found = judge(judgedStatus({ ...status, dead_letters: counts }, healing), now);
  const held = await record(found, watcher, now);
  const wentThrough = (await tell(held, watcher)) && !letters.failed;
  const findings = held.filter(({ overAt }) => overAt === undefined).length;
  if (wentThrough) heartbeat(findings);
  return { findings, went_through: wentThrough };
}

async function countedLetters({ countDeadLetters }: Watcher): Promise<{ counts?: DeadLetters; failed: boolean }> {
  if (!countDeadLetters) return { failed: false };
  try {
    return { counts: await countDeadLetters(), failed: false };
  } catch (error) {
    log('error', 'dead_letters_not_counted', { error: describeError(error) });
    return { failed: true };
  }
}

function areSame(one: DeadLetters, other: DeadLetters | null): boolean {
  return other?.scheduled_runs === one.scheduled_runs && other.stream_batches === one.stream_batches;
}

/** Brings the rows up to date. Returns the findings that hold, and those that are over and not yet told everywhere. */
async function record(found: readonly Found[], { store, sender }: Watcher, now: number): Promise<HeldFinding[]> {
  const rows = await readFindings(store);
  const over = rows.filter(({ overAt }) => overAt !== undefined);
  const held = new Map<string, HeldFinding>();
  for (const row of rows.filter(({ overAt }) => overAt === undefined)) {
    // A look died after it had ended this one.
    if (over.some(({ id }) => id === row.id)) await removeOpen(store, row);
    else held.set(row.code, row);
  }
  for (const one of found) {
    const row = held.get(one.code);
    if (row && row.cleanLooks > 0) await setCleanLooks(store, row, 0);
    if (row) continue;
    const opened = await openFinding(store, findingOf(one, sender.runbookUrl, new Map()), now);
    if (opened) held.set(one.code, report('finding', opened));
  }
  const codes = new Set<string>(found.map(({ code }) => code));
  for (const row of [...held.values()].filter(({ code }) => !codes.has(code))) {
    const looks = row.cleanLooks + 1;
    if (looks < CLEAN_LOOKS) {
      await setCleanLooks(store, row, looks);
      continue;
    }
    held.delete(row.code);
    over.push(report('finding_over', await endFinding(store, row, now)));
  }
  return [...held.values(), ...over];
}

const LEVELS: Readonly<Record<string, Level>> = {
  act_now: 'error',
  look_today: 'warn',
} satisfies Partial<Record<Severity, Level>>;

function report(event: 'finding' | 'finding_over', finding: HeldFinding): HeldFinding {
  const { id, code, severity, what } = finding;
  log(event === 'finding' ? (LEVELS[severity] ?? 'info') : 'info', event, { id, code, severity, what });
  return finding;
}
