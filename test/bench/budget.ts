/** One measured number and its budget. */
export interface Measured {
  readonly what: string;
  readonly measured: number;
  readonly budget: number;
  readonly atLeast?: boolean;
  readonly unit: string;
  readonly detail: string;
}

/** Prints a measurement and returns whether it keeps its budget. */
export function report({ what, measured, budget, atLeast = false, unit, detail }: Measured): boolean {
  const kept = atLeast ? measured >= budget : measured <= budget;
  const bound = `${atLeast ? 'at least' : 'at most'} ${budget}${unit}`;
  console.log(`${kept ? 'kept' : 'OVER'}  ${what}: ${measured.toFixed(3)}${unit} (${bound})`);
  console.log(`      ${detail}`);
  return kept;
}

/** The median: one slow round on a busy machine does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
