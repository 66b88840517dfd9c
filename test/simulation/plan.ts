import type { ListOrder } from '../../infra/local/simulator/events-api.ts';
import { createRandom, type Random } from '../../infra/local/simulator/random.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A part of the world that fails for a while. */
export type Part = 'ledger' | 'bus' | 'telnyx' | 'orders' | 'key' | 'stream' | 'schedule' | 'webhooks';

export interface Outage {
  readonly part: Part;
  readonly from: number;
  readonly to: number;
}

/**
 * Everything that a seed draws before its world begins: which faults there are, and how often. Shares are from 0 to 1.
 */
export interface Plan {
  readonly seed: number;
  readonly begins: number;
  /** When the faults end. */
  readonly calm: number;
  readonly orders: number;
  /**
   * Events of one order in the days before the world begins, and the number of orders that live wholly in those days.
   */
  readonly history: number;
  readonly settled: number;
  /** Whether the ledger reads the orders themselves. */
  readonly readsOrders: boolean;
  readonly dates: {
    /** Orders that wait for their FOC date. */
    readonly orders: number;
    /** The share of dates that move without any event, and how many times as fast as real ones. */
    readonly moved: number;
    readonly speed: number;
    /** Milliseconds by which Telnyx's list of orders lags behind. */
    readonly lag: number;
  };
  /** Drafts that began four weeks before. */
  readonly drafts: number;
  /** The share of orders that Telnyx comments on. */
  readonly questions: number;
  readonly list: {
    readonly order: ListOrder;
    /** The most that Telnyx puts on a page, whatever size is asked for. */
    readonly pageSize: number;
    readonly lateRows: number;
    readonly faults: number;
    /**
     * In each window that holds this instant, the list claims one result too many, even after all other faults have
     * ended.
     */
    readonly wrongAt: number | undefined;
  };
  readonly slowPayloads: number;
  readonly revisions: number;
  readonly equalInstants: number;
  readonly ownUrls: number;
  readonly webhooks: {
    readonly sameIds: boolean;
    readonly losses: number;
    readonly duplicates: number;
    readonly late: number;
    readonly neverListed: number;
    readonly early: number;
    /** Milliseconds until each further attempt. */
    readonly retries: readonly number[];
    /** Milliseconds between `occurred_at` and `created_at`. */
    readonly lag: number;
    readonly resent: number;
  };
  readonly dynamoDb: {
    readonly refused: number;
    readonly lost: number;
    readonly late: number;
    readonly partial: number;
  };
  readonly bus: { readonly refused: number; readonly lost: number; readonly partial: number; readonly twice: number };
  readonly stream: { readonly lost: number; readonly again: number; readonly batch: number };
  readonly deaths: number;
  readonly stalls: number;
  /** The share of scheduled runs that start twice. */
  readonly doubled: number;
  readonly extraRuns: number;
  readonly queryLimit: number | undefined;
  readonly outages: readonly Outage[];
  readonly types: 'learned' | 'none' | 'all';
  readonly retainDays: number | undefined;
}

const RETRIES: readonly [readonly number[], ...(readonly number[])[]] = [
  [2_000, 15_000, 60_000, 5 * MINUTE, 15 * MINUTE],
  [1_000, 4_000],
  [30_000, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE],
];

/**
 * Draws a plan. Each kind of fault is off in about half of all seeds, because faults that are always present hide each
 * other.
 */
export function drawPlan(seed: number): Plan {
  const random = createRandom(`${seed}/plan`);
  const sometimes = (least: number, most: number, chance = 0.5) =>
    random.chance(chance) ? random.between(least, most) : 0;
  const day = Date.UTC(2026, 2, random.integer(1, 28));
  const begins = day + random.pick([0.2, 2.4, 9, 12, 21.5, 22.8]) * HOUR + random.integer(0, MINUTE);
  const isLong = random.chance(0.05);
  const calm = begins + (isLong ? DAY : 0) + random.integer(30, 110) * MINUTE;
  const outages = random.chance(0.6)
    ? Array.from({ length: random.integer(1, 3) }, () => drawOutage(random, begins, calm))
    : [];
  // The list is down for a day while webhooks arrive.
  if (isLong)
    outages.push({ part: random.pick(['telnyx', 'key', 'schedule']), from: begins + 10 * MINUTE, to: begins + DAY });
  const plan = {
    seed,
    begins,
    calm,
    orders: random.integer(1, 5),
    history: random.chance(0.3) ? random.integer(1, 12) : 0,
    settled: random.chance(0.35) ? random.integer(1, 6) : 0,
    list: {
      order: random.pick(['newest', 'oldest', 'shuffled']),
      pageSize: random.chance(0.5) ? 250 : random.integer(3, 12),
      lateRows: sometimes(0.05, 0.4),
      faults: sometimes(0.02, 0.3),
      wrongAt: random.chance(0.15)
        ? begins + random.pick([random.between(-20 * DAY, 0), random.between(0, HOUR)])
        : undefined,
    },
    slowPayloads: sometimes(0.05, 0.4),
    revisions: sometimes(0.02, 0.15),
    equalInstants: sometimes(0.05, 0.3),
    ownUrls: sometimes(0.1, 0.5, 0.4),
    webhooks: {
      sameIds: random.chance(0.7),
      losses: random.chance(0.1) ? 1 : sometimes(0.05, 0.6, 0.8),
      duplicates: sometimes(0.05, 0.4),
      late: sometimes(0.05, 0.3),
      neverListed: sometimes(0.05, 0.15, 0.2),
      early: sometimes(0.05, 0.5),
      retries: random.pick(RETRIES),
      lag: random.chance(0.3) ? random.integer(-3_000, 3_000) : 0,
      resent: sometimes(0.05, 0.2, 0.3),
    },
    dynamoDb: {
      refused: sometimes(0.005, 0.1),
      lost: sometimes(0.005, 0.08),
      late: sometimes(0.002, 0.03),
      partial: sometimes(0.02, 0.3, 0.3),
    },
    bus: {
      refused: sometimes(0.02, 0.3),
      lost: sometimes(0.02, 0.2),
      partial: sometimes(0.02, 0.3),
      twice: sometimes(0.05, 0.3),
    },
    stream: {
      lost: random.chance(0.3) ? 1 : sometimes(0.05, 0.4),
      again: sometimes(0.05, 0.3),
      batch: random.integer(1, 20),
    },
    deaths: sometimes(0.02, 0.25),
    stalls: sometimes(0.02, 0.2, 0.3),
    doubled: sometimes(0.05, 0.4),
    extraRuns: random.chance(0.5) ? random.integer(1, 4) : 0,
    queryLimit: random.chance(0.4) ? random.integer(1, 6) : undefined,
    outages,
    types: random.chance(0.7) ? 'learned' : random.pick(['none', 'all']),
    retainDays: random.chance(0.15) ? 1 : undefined,
    drafts: random.chance(0.4) ? random.integer(1, 3) : 0,
    questions: sometimes(0.2, 0.8),
    readsOrders: random.chance(0.9),
    dates: {
      orders: random.chance(0.5) ? random.integer(1, 4) : 0,
      moved: sometimes(0.2, 1, 0.7),
      speed: random.pick([1, 40, 200]),
      lag: random.chance(0.5) ? random.integer(1, 40) * MINUTE : 0,
    },
  } satisfies Plan;
  const isRefused = random.chance(0.1);
  if (isRefused) outages.push({ part: 'orders', from: begins, to: random.between(begins, calm) });
  return plan;
}

function drawOutage(random: Random, begins: number, calm: number): Outage {
  const from = random.between(begins, calm);
  const part = random.pick<Part>(['ledger', 'ledger', 'bus', 'telnyx', 'key', 'stream', 'schedule', 'webhooks']);
  return { part, from, to: Math.min(calm, from + random.between(1, 40) * MINUTE) };
}
