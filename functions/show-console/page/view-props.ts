import type { Address } from './address.ts';
import type { ShownSummary } from './answers.ts';
import type { HealthAnswer } from './health.ts';
import type { Live } from './live.ts';

/** What every view gets: where the reader is, how the orders stand, and how fresh that is. */
export interface ViewProps {
  readonly address: Address;
  readonly summary: Live<ShownSummary>;
  readonly health: Live<HealthAnswer>;
}
