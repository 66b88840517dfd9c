import { log } from '../lambda/log.ts';
import { getEvent } from '../ledger/events/event-list.ts';
import type { NoticeChannelName } from '../ledger/notices/channels.ts';
import { claimNotice, type HeldNotice, releaseNotice, settleNotice } from '../ledger/notices/notices.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { membersOf } from '../porting/event.ts';
import { type Notice, noticesMessage } from '../porting/notice.ts';
import { deliver, type Notifier } from './deliver.ts';
import { noticeNow } from './still-holds.ts';

/** What became of notices. */
export interface Sent {
  /** Those that every channel has. */
  readonly sent: number;
  /** Those that no longer hold. */
  readonly over: number;
  /** Those that some channel does not have, or that are not decided. */
  readonly waiting: number;
}

/** A notice that holds, and all that was recorded about the same. */
interface Due {
  readonly notice: Notice;
  readonly held: HeldNotice[];
}

/** Rows processed at once. */
const AT_ONCE = 8;

/**
 * Sends notices that were recorded: to each channel one message of all that it does not have. A notice that another
 * sender has is left to it.
 *
 * @param now milliseconds since 1970
 */
export async function sendNotices(notifier: Notifier, ids: readonly string[], now: number): Promise<Sent> {
  const { store, channels, zone, pageOf } = notifier;
  const count = { sent: 0, over: 0, waiting: 0 };
  const due = new Map<string, Due>();
  await inTurns(ids, async (id) => {
    const held = await claimNotice(store, id, now);
    if (!held) return;
    const notice = await noticeNow(store, held, now);
    if (notice === 'over') {
      await settleNotice(store, id, now);
      count.over += 1;
    } else if (notice === 'later') {
      await releaseNotice(store, id, []);
      count.waiting += 1;
    } else gather(due, notice, held);
  });
  const all = [...due.values()];

  async function messageFor(channel: NoticeChannelName) {
    const lacking = all.filter((one) => lacks(one, channel)).map(({ notice }) => notice);
    const isAlone = lacking.length === 1;
    const [first, ...others] = await Promise.all(
      lacking.map((notice) => (isAlone || notice.name === 'comment_from_telnyx' ? withComment(store, notice) : notice)),
    );
    return first && noticesMessage([first, ...others], { now, zone, pageOf });
  }

  const took = await deliver(notifier, messageFor, now);
  await inTurns(
    all.flatMap(({ held }) => held),
    async ({ id, told }) => {
      const has = [...new Set([...told, ...took])];
      if (channels.every(({ name }) => has.includes(name))) {
        await settleNotice(store, id, now);
        count.sent += 1;
      } else {
        await releaseNotice(store, id, has);
        count.waiting += 1;
      }
    },
  );
  if (count.sent + count.over > 0) log('info', 'notices', count);
  return count;
}

/** Of several notices about the same, such as a date that was moved away and back, people get the latest. */
function gather(due: Map<string, Due>, notice: Notice, held: HeldNotice): void {
  const about = `${notice.name.replace(/^foc_.*/, 'foc')} ${notice.order.id}`;
  const known = due.get(about);
  if (!known) due.set(about, { notice, held: [held] });
  else {
    const isLater = known.held.every(({ at }) => at <= held.at);
    due.set(about, { notice: isLater ? notice : known.notice, held: [...known.held, held] });
  }
}

function lacks({ held }: Due, channel: NoticeChannelName): boolean {
  return held.some(({ told }) => !told.includes(channel));
}

/** The text of the order's last comment, as it is now. Without its event, only who wrote it is known. */
async function withComment(store: OrderStore, notice: Notice): Promise<Notice> {
  const { last_comment: last } = notice.order;
  const event = last && (await getEvent(store, last.event_id));
  const { body } = membersOf(membersOf(event?.payload).comment);
  return typeof body === 'string' ? { ...notice, comment: body } : notice;
}

async function inTurns<Thing>(things: readonly Thing[], work: (thing: Thing) => Promise<void>): Promise<void> {
  const queue = things.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const thing of queue) await work(thing);
  });
  await Promise.all(workers);
}
