import type { Address } from './address.ts';
import type { ShownSummary } from './answers.ts';
import type { Live } from './live.ts';

/** What every view gets: where the reader is, and how the orders stand. */
export interface ViewProps {
  readonly address: Address;
  readonly summary: Live<ShownSummary>;
}
