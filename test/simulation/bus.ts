import { type BusEvent, type Entry, eventOf, readEntries } from '../../infra/local/put-events.ts';
import type { Random } from '../../infra/local/simulator/random.ts';
import type { Part, Plan } from './plan.ts';
import type { Process } from './processes.ts';
import { send } from './requests.ts';
import type { Timeline } from './timeline.ts';

export const BUS = 'bus';

interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly isOut: (part: Part) => boolean;
  readonly trace: (process: Process | undefined, text: string) => void;
  /** Sees each event at the moment it is put. */
  readonly onEvent: (process: Process, event: Published) => void;
}

/** An event that was put on the bus. */
export interface Published {
  readonly type: string;
  readonly detail: Detail;
  readonly at: number;
}

export type Detail = Readonly<Record<string, unknown>> & { readonly id: string; readonly revision: number };

/** EventBridge and a consumer behind it. */
export interface SimulatedBus {
  readonly put: (process: Process, entries: readonly object[]) => Promise<unknown>;
  /** Everything that was put, in order. */
  readonly published: readonly Published[];
  /** What the consumer keeps: the newest revision of each id, however often and in whatever order revisions arrive. */
  readonly consumed: ReadonlyMap<string, Published>;
}

const ATTEMPTS = 2;

export function openSimulatedBus({ plan, timeline, random, isOut, trace, onEvent }: World): SimulatedBus {
  const published: Published[] = [];
  const consumed = new Map<string, Published>();

  /** Deduplicates by id and revision, as docs/events.md tells consumers to. */
  function consume(one: Published): void {
    const held = consumed.get(one.detail.id);
    if (held && held.detail.revision >= one.detail.revision) return;
    consumed.set(one.detail.id, one);
  }

  function take(process: Process, entry: Entry): object {
    if (timeline.now() < plan.calm && random.chance(plan.bus.partial)) {
      process.failures += 1;
      return { ErrorCode: 'ThrottlingException', ErrorMessage: 'a fault' };
    }
    const event = eventOf(entry, 'us-east-1', timeline.now());
    if ('ErrorCode' in event) return event;
    deliver(process, event);
    return { EventId: event.id };
  }

  function deliver(process: Process, event: BusEvent): void {
    const one = { type: event['detail-type'], detail: event.detail as Detail, at: timeline.now() };
    published.push(one);
    onEvent(process, one);
    trace(undefined, `on the bus: ${one.type} ${one.detail.id} revision ${one.detail.revision}`);
    // EventBridge delivers to targets late, in any order, and some events twice.
    const times = random.chance(plan.bus.twice) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      timeline.after(random.chance(0.1) ? random.between(0, 300_000) : random.between(0, 900), () => {
        consume(one);
        return false;
      });
    }
  }

  return {
    published,
    consumed,
    put: (process, entries) =>
      send({
        process,
        label: `PutEvents ${entries.length}`,
        attempts: ATTEMPTS,
        signal: undefined,
        trace,
        fault() {
          if (isOut('bus')) return { refused: 'InternalFailure' };
          if (timeline.now() >= plan.calm) return undefined;
          if (random.chance(plan.bus.refused)) return { refused: 'ThrottlingException' };
          return random.chance(plan.bus.lost) ? random.pick(['answer lost', 'never answered'] as const) : undefined;
        },
        async act() {
          const read = readEntries(JSON.stringify({ Entries: entries }), BUS);
          if ('__type' in read) throw Object.assign(new Error(read.message), { name: read.__type });
          const results = read.map((entry) => take(process, entry));
          return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
        },
      }),
  };
}
