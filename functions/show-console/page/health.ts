import { ask } from './api.ts';

/** What `GET /health` says. */
export interface HealthAnswer {
  /** Null before a sync was complete for the first time. */
  readonly last_complete_sync_age_seconds: number | null;
  readonly last_sync_status: string;
}

export function askHealth(signal: AbortSignal): Promise<HealthAnswer> {
  return ask<HealthAnswer>('/health', { signal });
}
