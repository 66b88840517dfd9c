import type { EventFilter } from './list-parameters.ts';
import type { PortingEvent } from './porting-event.ts';
import { toMicroseconds } from './timestamp.ts';

/** The order of the list, which Telnyx does not document. `shuffled` is one fixed order that the seed determines. */
export type ListOrder = 'newest' | 'oldest' | 'shuffled';

interface Entry {
  readonly id: string;
  event: PortingEvent;
  readonly createdAt: number;
  readonly rank: number;
  readonly visibleAt: number;
  json?: string;
}

/** Events in memory, in the order of the list. Instants are milliseconds of `now`. */
export interface EventStore {
  /** Inserts, or replaces by id. The event is not listed before `visibleAt`; a replacement keeps that instant. */
  put(event: PortingEvent, visibleAt?: number): void;
  remove(id: string): void;
  /** The event, listed or not yet. */
  get(id: string): PortingEvent | undefined;
  /** The listed events, oldest first. */
  listed(): readonly PortingEvent[];
  /** The JSON of one listed event. */
  json(id: string): string | undefined;
  /** The number of listed events that match, and the JSON of at most `limit` of them from `offset` on. */
  page(filter: EventFilter, offset: number, limit: number): { total: number; json: readonly string[] };
}

/** The 32-bit FNV-1a hash: a cheap order that is independent of time. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
};

const byRank = (a: Entry, b: Entry): number => a.rank - b.rank || (a.id < b.id ? -1 : 1);

/** The first index whose rank is at least `rank`, or greater when `after` is set. */
const search = (entries: readonly Entry[], rank: number, after: boolean): number => {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = (entries[middle] as Entry).rank;
    if (found < rank || (after && found === rank)) low = middle + 1;
    else high = middle;
  }
  return low;
};

const jsonOf = (entry: Entry): string => {
  entry.json ??= JSON.stringify(entry.event);
  return entry.json;
};

/** Microseconds since 1970. */
export const createdAtOf = (event: PortingEvent): number => {
  const text = event.created_at ?? event.payload?.created_at;
  const createdAt = typeof text === 'string' ? toMicroseconds(text) : undefined;
  if (createdAt === undefined) throw new TypeError(`event ${event.id} has no created_at`);
  return createdAt;
};

/** An empty store. A request costs a binary search and a pass over its range; it sorts only when it must. */
export const createEventStore = (order: ListOrder, seed: number, now: () => number): EventStore => {
  const byId = new Map<string, Entry>();
  const waiting = new Set<Entry>();
  const entries: Entry[] = [];
  let sorted = true;

  const rankOf = (id: string, createdAt: number): number => {
    if (order === 'shuffled') return hash(`${seed} ${id}`);
    return order === 'newest' ? -createdAt : createdAt;
  };

  const list = (entry: Entry): void => {
    const last = entries.at(-1);
    sorted &&= last === undefined || byRank(last, entry) < 0;
    entries.push(entry);
  };

  const upToDate = (): Entry[] => {
    for (const entry of waiting) {
      if (entry.visibleAt > now()) continue;
      waiting.delete(entry);
      list(entry);
    }
    if (!sorted) entries.sort(byRank);
    sorted = true;
    return entries;
  };

  const rangeOf = ({ createdFrom, createdTo }: EventFilter): [number, number] => {
    if (order === 'shuffled') return [0, entries.length];
    const [from, to] = order === 'newest' ? [-createdTo, -createdFrom] : [createdFrom, createdTo];
    return [search(entries, from, false), search(entries, to, true)];
  };

  const remove = (id: string): void => {
    const entry = byId.get(id);
    if (!entry) return;
    byId.delete(id);
    if (!waiting.delete(entry)) entries.splice(entries.indexOf(entry), 1);
  };

  return {
    remove,
    put(event, visibleAt) {
      const known = byId.get(event.id);
      const createdAt = createdAtOf(event);
      if (known && known.createdAt === createdAt && visibleAt === undefined) {
        known.event = event;
        delete known.json;
        return;
      }
      remove(event.id);
      const { id } = event;
      const from = visibleAt ?? known?.visibleAt ?? Number.NEGATIVE_INFINITY;
      const entry: Entry = { id, event, createdAt, rank: rankOf(id, createdAt), visibleAt: from };
      byId.set(id, entry);
      if (from > now()) waiting.add(entry);
      else list(entry);
    },
    get: (id) => byId.get(id)?.event,
    listed: () => {
      const chronological = [...upToDate()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
      return chronological.map((entry) => entry.event);
    },
    json: (id) => {
      const entry = byId.get(id);
      return entry && entry.visibleAt <= now() ? jsonOf(entry) : undefined;
    },
    page(filter, offset, limit) {
      const { type, portingOrderId, createdFrom, createdTo } = filter;
      upToDate();
      const [start, end] = rangeOf(filter);
      const everything = order !== 'shuffled' && type === undefined && portingOrderId === undefined;
      if (everything) {
        const json = entries.slice(Math.min(start + offset, end), Math.min(start + offset + limit, end)).map(jsonOf);
        return { total: end - start, json };
      }
      const matching = entries
        .slice(start, end)
        .filter(
          ({ event, createdAt }) =>
            createdAt >= createdFrom &&
            createdAt <= createdTo &&
            (type === undefined || event.event_type === type) &&
            (portingOrderId === undefined || event.porting_order_id.toLowerCase() === portingOrderId),
        );
      return { total: matching.length, json: matching.slice(offset, offset + limit).map(jsonOf) };
    },
  };
};
