import type { RunStatus } from '../ledger/runs/sync-state.ts';

/** What a run did, as it is returned and kept in the run's row. Instants in ISO 8601. */
export interface SyncResult {
  readonly run_id: string;
  readonly status: Exclude<RunStatus, 'running'>;
  readonly from: string;
  readonly to: string;
  readonly pages: number;
  /** Different events in the parts that were read completely. */
  readonly seen: number;
  readonly inserted: number;
  readonly confirmed: number;
  readonly upgraded: number;
  readonly duration_ms: number;
  readonly error?: string;
  /** For a range that was not finished: the input that does the rest. */
  readonly resume?: { readonly from: string; readonly to: string };
}
