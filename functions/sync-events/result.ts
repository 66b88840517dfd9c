import type { RunCounts, SyncRun } from '../ledger/runs/sync-runs.ts';

/**
 * What came of a run, or of a piece of a requested one: its counts are those of all pieces so far, its `duration_ms` is
 * its own. `partial`: the time was up. Instants in ISO 8601.
 */
export interface SyncResult extends RunCounts {
  readonly run_id: string;
  readonly status: Exclude<SyncRun['status'], 'pending' | 'running'>;
  readonly from: string;
  readonly to: string;
  readonly duration_ms: number;
  readonly error?: string;
}
