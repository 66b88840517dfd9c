import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { expiresIn } from '../table/expiry.ts';
import { all, any, exists, isAtMost, lacks } from '../table/expressions.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';
import { get, put, remove, update } from '../table/verbs.ts';
import { NOTICE_CHANNELS, type NoticeChannelName } from './channels.ts';

/**
 * What people are to be told and have not been, in rows of `control` of the kind `notice`. Only facts of the event that
 * asked for it stand here: what is said is read again when it is said. Once every channel has it, the row goes, and its
 * id is kept for 30 days as a `told-notice`, so that a repeated event is no second message.
 */
export interface HeldNotice {
  /** The id of the event on the bus, or `digest:` and the local day. */
  readonly id: string;
  /** What it is about: see porting/notice-names.ts, or `digest`. */
  readonly name: string;
  /** When it was recorded. */
  readonly at: Timestamp;
  readonly orderId: string | undefined;
  /** The event of the order that it is about. */
  readonly eventId: string | undefined;
  /** Since when the order had its status; for a digest, when the last one was sent. */
  readonly since: Timestamp | undefined;
  /** The FOC date before and after. */
  readonly from: Timestamp | undefined;
  readonly to: Timestamp | undefined;
  /** The channels that have it. */
  readonly told: readonly NoticeChannelName[];
}

const KEPT_DAYS = 30;
/** A sender has four minutes. If it dies, the next one waits for this long. */
const CLAIMED_FOR = 300_000;

/**
 * Records a notice that is to be sent.
 *
 * @param now milliseconds since 1970
 * @returns false when it waits already, or was sent within 30 days
 */
export async function recordNotice(
  store: Store,
  notice: Omit<HeldNotice, 'at' | 'told'>,
  now: number,
): Promise<boolean> {
  const { id, name, orderId, eventId, since, from, to } = notice;
  if (await wasTold(store, id)) return false;
  const about = { notice: name, porting_order_id: orderId, event_id: eventId, since, foc_from: from, foc_to: to };
  const row = { ...controlKey('notice', id), ...about, at: timestampOf(now) };
  return put(store, 'control', row, { when: lacks('id') });
}

/** All notices that wait, those being sent included. */
export async function waitingNotices(store: Store): Promise<readonly HeldNotice[]> {
  const notices: HeldNotice[] = [];
  for await (const row of readControl(store, 'notice')) notices.push(noticeIn(row));
  return notices;
}

/**
 * Takes a notice that no other sender has, to send it. Whoever takes it releases or settles it.
 *
 * @returns the notice as it is now; `undefined` when another has it, or it was sent
 */
export async function claimNotice(store: Store, id: string, now: number): Promise<HeldNotice | undefined> {
  const row = await update(store, 'control', controlKey('notice', id), {
    when: all(exists('id'), any(lacks('claimed_until'), isAtMost('claimed_until', now))),
    set: { claimed_until: now + CLAIMED_FOR },
    returns: 'ALL_NEW',
  });
  if (!row) return undefined;
  // The row was recorded again while another sender settled it.
  if (!(await wasTold(store, id))) return noticeIn(row);
  await remove(store, 'control', controlKey('notice', id));
  return undefined;
}

/** Records which channels have a notice, and lets another sender take it for the others. */
export async function releaseNotice(store: Store, id: string, told: readonly NoticeChannelName[]): Promise<void> {
  await update(store, 'control', controlKey('notice', id), {
    when: exists('id'),
    set: Object.fromEntries(told.map((channel) => [`told_${channel}`, true])),
    remove: ['claimed_until'],
  });
}

/** Ends a notice: every channel has it, or it no longer holds. */
export async function settleNotice(store: Store, id: string, now: number): Promise<void> {
  const row = { ...controlKey('told-notice', id), at: timestampOf(now), expires_at: expiresIn(KEPT_DAYS, now) };
  await put(store, 'control', row);
  await remove(store, 'control', controlKey('notice', id));
}

async function wasTold(store: Store, id: string): Promise<boolean> {
  return (await get(store, 'control', controlKey('told-notice', id), { consistent: true })) !== undefined;
}

function noticeIn(row: Row): HeldNotice {
  return {
    id: idIn(row),
    name: textIn(row, 'notice') ?? '',
    at: textIn(row, 'at') ?? '',
    orderId: textIn(row, 'porting_order_id'),
    eventId: textIn(row, 'event_id'),
    since: textIn(row, 'since'),
    from: textIn(row, 'foc_from'),
    to: textIn(row, 'foc_to'),
    told: NOTICE_CHANNELS.filter((channel) => row[`told_${channel}`]?.BOOL),
  };
}
