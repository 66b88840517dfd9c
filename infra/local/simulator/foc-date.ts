import { createRandom } from './random.ts';

const dayMs = 86_400_000;

/** How dates of losing carriers behave. */
export interface FocOptions {
  /** Seconds of an order's life in one second of the API's clock; 1 by default. */
  readonly speed?: number;
  /** The share of confirmed dates that move once, without any event; 0.15 by default. */
  readonly movedDates?: number;
}

/** A confirmed date and, if it moves, when and to what. Milliseconds since 1970. */
export interface FocDate {
  readonly date: number;
  readonly moves: { readonly at: number; readonly date: number } | undefined;
}

/** 15:00 UTC of the day that many days later; on a weekend, of the Monday after. */
const businessHour = (from: number, days: number): number => {
  const date = new Date(from + days * dayMs);
  date.setUTCHours(15, 0, 0, 0);
  const weekday = date.getUTCDay();
  return date.getTime() + (weekday === 6 ? 2 : weekday === 0 ? 1 : 0) * dayMs;
};

/**
 * The date that the losing carrier gives with an order's `confirmation`th `foc-date-confirmed`. Dates are real, as the
 * customer's 14 days are; only the time until one moves is as fast as the lives are.
 */
export const focDate = (options: FocOptions, id: string, confirmation: number, confirmedAt: number): FocDate => {
  const { speed = 1, movedDates = 0.15 } = options;
  const random = createRandom(`${id}/foc/${confirmation}`);
  const days = random.integer(5, 9);
  const later = random.integer(3, 7);
  const after = random.between(0.5, 4) * dayMs;
  const date = businessHour(confirmedAt, days);
  // Three days are more than a weekend, so a moved date is always another one.
  const moves = { at: confirmedAt + after / speed, date: businessHour(date, later) };
  return { date, moves: random.chance(movedDates) ? moves : undefined };
};
