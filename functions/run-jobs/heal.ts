import { log } from '../lambda/log.ts';
import {
  claimHealing,
  giveShareBack,
  type MissedEvent,
  missedAfter,
  putLookedThrough,
  readHealingDay,
  recordHealing,
  takeShare,
  unclaimHealing,
} from '../ledger/gaps/healing.ts';
import { type Day, dayOf } from '../porting/day.ts';
import { mayArriveByWebhook } from '../porting/event.ts';
import { timestampOf } from '../porting/timestamp.ts';
import type { Ending, Worker } from './worker.ts';

const HOUR = 3_600_000;

/** A webhook is given up at most 30 days after its event: older ones were looked at before. */
const LOOK_BACK = 31 * 24 * HOUR;

/** Events of one time are given up within minutes of each other, but not in order. */
const UNORDERED_FOR = HOUR;

/** The remaining share of a day's healing. */
interface Share {
  readonly day: Day;
  readonly left: number;
  /** Only missed notifications of events after this sort key are looked at. */
  readonly from: string;
}

async function shareOf(perDay: number, { store, clock }: Pick<Worker, 'store' | 'clock'>): Promise<Share> {
  const day = dayOf(timestampOf(clock.now()));
  const { asked, lookedThrough } = await readHealingDay(store, day);
  return { day, left: perDay - asked, from: lookedThrough ?? timestampOf(clock.now() - LOOK_BACK) };
}

/** Whether there may be something to heal today. Costs two reads. */
export async function isHealingDue(perDay: number, worker: Pick<Worker, 'store' | 'clock'>): Promise<boolean> {
  const { left, from } = await shareOf(perDay, worker);
  if (left <= 0) return false;
  for await (const _ of missedAfter(worker.store, from)) return true;
  return false;
}

/**
 * Republishes missed notifications: each once and permanently, oldest first, `perDay` a day.
 *
 * The index of missed notifications keeps healed ones until their webhook comes, and does not show which they are. The
 * day's row remembers how far this has looked, so that no later call tries them again. Each new day it starts from the
 * beginning, for events that were given up late.
 */
export async function heal(perDay: number, worker: Worker): Promise<Ending> {
  const { store, clock } = worker;
  const share = await shareOf(perDay, worker);
  const { day, from } = share;
  const inOrderUntil = timestampOf(clock.now() - UNORDERED_FOR);
  let { left } = share;
  if (left <= 0) return 'ended';

  let through = from;
  let ending: Ending = 'ended';
  for await (const missed of missedAfter(store, from)) {
    const healed = worker.outOfTime() ? 'out of time' : await healOne(missed, { day, perDay }, worker);
    if (healed === 'out of time' || healed === 'paused') ending = healed;
    if (healed === 'asked') left -= 1;
    else if (healed !== 'nothing to do') break;
    if (missed.createdAtId < inOrderUntil) through = missed.createdAtId;
    if (left <= 0) break;
  }
  if (through !== from) await putLookedThrough(store, day, through, clock.now());
  return ending;
}

/** `nothing to do` also when the event was already claimed, or its webhook has come. */
async function healOne(
  { id, eventType }: MissedEvent,
  { day, perDay }: { readonly day: Day; readonly perDay: number },
  worker: Worker,
): Promise<'asked' | 'nothing to do' | 'paused' | 'used up'> {
  const { store, owner, clock } = worker;
  if (!mayArriveByWebhook(eventType)) return 'nothing to do';
  const telnyx = await worker.asker.prepare();
  if ('notTaken' in telnyx) return paused(telnyx.notTaken);
  if (!(await claimHealing(store, id, owner, clock.now()))) return 'nothing to do';
  if (!(await takeShare(store, day, perDay, clock.now()))) {
    await unclaimHealing(store, id, owner);
    return 'used up';
  }
  const answer = await worker.asker.ask(telnyx, id, 'healing');
  if ('notTaken' in answer) {
    await unclaimHealing(store, id, owner);
    await giveShareBack(store, day);
    return paused(answer.notTaken);
  }
  await recordHealing(store, id, owner, answer.outcome);
  log('info', 'healing', { id, outcome: answer.outcome });
  return 'asked';
}

function paused(error: string): 'paused' {
  log('warn', 'healing_paused', { error });
  return 'paused';
}
