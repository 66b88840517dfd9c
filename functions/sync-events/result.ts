import type { RunCounts, SyncRun } from '../ledger/runs/sync-runs.ts';

/**
 * The result of a run, or of a piece of a requested run. For a piece, the counts cover all pieces so far, and
 * `duration_ms` only this piece. `partial`: the time was up. Instants in ISO 8601.
 */
export interface SyncResult extends RunCounts {
  readonly run_id: string;
  readonly status: Exclude<SyncRun['status'], 'pending' | 'running'>;
  readonly from: string;
  readonly to: string;
  readonly duration_ms: number;
  readonly error?: string;
}
