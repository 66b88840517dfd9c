import type { Bus } from '../bus/bus.ts';
import { describeError, log } from '../lambda/log.ts';
import { learnIdsAgree } from '../ledger/events/id-agreement.ts';
import { recordFault } from '../ledger/status/upstream-state.ts';
import type { Store } from '../ledger/table/store.ts';
import type { UpstreamError } from '../telnyx/upstream-error.ts';
import type { SyncResult } from './result.ts';

export interface Reporting {
  readonly store: Store;
  readonly bus: Bus;
  readonly fault: UpstreamError | undefined;
}

/**
 * Reports a run that has ended: publishes its failure, and records what it learned about ids and Telnyx's faults. An
 * error here does not fail the run.
 */
export async function reportRun(result: SyncResult, reporting: Reporting, now: number): Promise<void> {
  const { store, bus, fault } = reporting;
  const failed = result.status === 'failed';
  const tasks = [
    failed ? publishFailure(bus, result) : undefined,
    // The list showed an event under the same id as its webhook.
    result.confirmed > 0 ? learnIdsAgree(store, now) : undefined,
    fault ? recordFault(store, fault.fault, now, fault.retryAfterSeconds) : undefined,
  ];
  for (const outcome of await Promise.allSettled(tasks)) {
    if (outcome.status === 'rejected') log('warn', 'run_not_reported', { error: describeError(outcome.reason) });
  }
}

async function publishFailure(bus: Bus, run: SyncResult): Promise<void> {
  const refused = await bus.put([{ type: 'sync.failed', detail: { id: run.run_id, revision: 1, run } }]);
  for (const reason of refused.values()) throw new Error(`sync.failed was not published: ${reason}`);
}
