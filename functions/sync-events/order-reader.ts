import {
  type Disagreement,
  forgetDisagreement,
  keepDisagreement,
  readDisagreements,
} from '../ledger/orders/disagreements.ts';
import { type OrderReading, recordReading } from '../ledger/orders/order-readings.ts';
import { type HeldOrder, statusOf } from '../ledger/orders/order-row.ts';
import { readSync } from '../ledger/runs/sync-state.ts';
import { recordOrdersShown } from '../ledger/status/upstream-state.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { type OrderDetails, readDetails } from '../porting/order-details.ts';
import { millisecondsOf, timestampOf } from '../porting/timestamp.ts';
import type { OrdersApi, OrdersPage } from '../telnyx/orders-api.ts';
import type { Clock, Pace } from '../telnyx/pace.ts';
import { UpstreamError, type UpstreamFault } from '../telnyx/upstream-error.ts';
import { TIME_TO_REPORT } from './window-reader.ts';

const HOUR = 3_600_000;

/** Faults that may be about one order. Telnyx can fail at it for good, and the others must not wait for it. */
const MAY_BE_ABOUT_ONE: ReadonlySet<UpstreamFault> = new Set(['refused', 'failed', 'unreadable', 'no answer']);
/** This many in a row are Telnyx's fault, not an order's. */
const IN_A_ROW = 3;

export interface OrderReaderOptions {
  readonly store: OrderStore;
  readonly api: () => Promise<OrdersApi>;
  readonly clock: Clock;
  readonly calls: Pace;
  /** No call begins after this, in milliseconds since 1970. */
  readonly until: number;
  /** When Lambda ends the function. */
  readonly endsAt: number;
  /** The version of the lease of the run that went before: once another run has begun, the share is its own. */
  readonly lastRun: number;
  /** True when Telnyx refused to show orders the last time. */
  readonly wasRefused: boolean;
}

/** Reads orders and records them. All throw {@link UpstreamError}: `gave up` when the reading must stop. */
export interface OrderReader {
  readonly counts: { read: number; changed: number; listed: number };
  /** Throws when the time is up. A call to Telnyx also makes sure that no other run has begun. */
  readonly goOn: () => void;
  readonly list: (page: number) => Promise<OrdersPage>;
  /** Asks for an order and records what Telnyx says of it, and whether its status is the ledger's. */
  readonly read: (id: string, isNews?: boolean) => Promise<void>;
  /** Records the first reading of an order from the list, which may lag: any reading that there is stays. */
  readonly recordFirst: (id: string, details: OrderDetails) => Promise<HeldOrder | undefined>;
  /** The known differences of status, as they were when the reader first needed them. */
  readonly disagreements: () => Promise<ReadonlyMap<string, Disagreement>>;
}

export function orderReader(options: OrderReaderOptions): OrderReader {
  const { store, clock, calls, until } = options;
  const counts = { read: 0, changed: 0, listed: 0 };
  const outOfTime = AbortSignal.timeout(Math.max(0, options.endsAt - TIME_TO_REPORT - clock.now()));
  let { wasRefused } = options;
  let failures = 0;
  let known: Promise<ReadonlyMap<string, Disagreement>> | undefined;

  function goOn(): void {
    if (clock.now() >= until) throw new UpstreamError('gave up', 'The time for orders is up.');
  }

  async function readyToCall(): Promise<void> {
    goOn();
    const { runs } = await readSync(store, clock.now());
    if (runs !== options.lastRun) throw new UpstreamError('gave up', 'Another run has begun.');
  }

  async function ask<Answer extends { readonly holdSeconds: number | undefined }>(
    request: (telnyx: OrdersApi) => Promise<Answer>,
  ): Promise<Answer> {
    const telnyx = await options.api();
    const answer = await calls.call(() => request(telnyx), readyToCall);
    if (answer.holdSeconds !== undefined) calls.holdFor(answer.holdSeconds);
    if (wasRefused) await recordOrdersShown(store);
    wasRefused = false;
    return answer;
  }

  async function show(id: string): Promise<Pick<OrderReading, 'details' | 'askedAt'>> {
    let askedAt: number | undefined;
    try {
      const { record } = await ask((telnyx) => {
        askedAt = clock.now();
        return telnyx.show(id, outOfTime);
      });
      const shown = readDetails(record);
      if (shown?.id === id) return { details: shown.details, askedAt };
    } catch (error) {
      if (error instanceof UpstreamError && error.fault === 'not found') return { details: 'gone', askedAt };
      throw error;
    }
    throw new UpstreamError('unreadable', "Telnyx's answer is another order than was asked for.");
  }

  async function record(id: string, reading: OrderReading) {
    const now = clock.now();
    const order = await recordReading(store, id, reading, now);
    if (order?.reading?.readAt === timestampOf(now)) counts.changed += 1;
    return order;
  }

  function disagreements() {
    known ??= readDisagreements(store);
    return known;
  }

  /**
   * A difference is kept once it has lasted an hour; that of an order which has ended in the ledger at once, because
   * the pass looks only at open orders, and at these.
   */
  async function compareStatus({ id, state, reading }: HeldOrder): Promise<void> {
    const before = (await disagreements()).get(id);
    const { differs } = reading ?? {};
    if (!differs) {
      if (before) await forgetDisagreement(store, id);
      return;
    }
    const { status: telnyx, since } = differs;
    const lasts = clock.now() - millisecondsOf(since) >= HOUR;
    if (!lasts && !state.terminal) return;
    const isKnown = before?.lasts === lasts && before.since === since;
    if (!isKnown) await keepDisagreement(store, { id, ledger: statusOf(state), telnyx, since, lasts });
  }

  return {
    counts,
    goOn,
    recordFirst: (id, details) => record(id, { details, isNews: false, askedAt: 0 }),
    disagreements,
    async list(number) {
      const page = await ask((telnyx) => telnyx.list({ number }, outOfTime));
      counts.listed += page.records.length;
      return page;
    },
    async read(id, isNews = false) {
      try {
        const shown = await show(id);
        failures = 0;
        counts.read += 1;
        const order = await record(id, { ...shown, isNews });
        if (order) await compareStatus(order);
      } catch (error) {
        if (!(error instanceof UpstreamError) || !MAY_BE_ABOUT_ONE.has(error.fault)) throw error;
        failures += 1;
        if (failures === IN_A_ROW) throw error;
      }
    },
  };
}
