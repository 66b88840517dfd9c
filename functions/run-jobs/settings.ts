/** What to do about missed notifications, and for how many of them a day at most. */
export type Healing = { readonly mode: 'off' } | { readonly mode: 'republish'; readonly perDay: number };

/**
 * Reads HEALING and HEALING_PER_DAY.
 *
 * @throws at boot, with what is allowed
 */
export function readHealing(mode: string, perDay: string): Healing {
  if (mode === 'off') return { mode };
  if (mode !== 'republish') throw new Error(`HEALING is "${mode}". Set it to off, or to republish.`);
  if (!/^[1-9]\d{0,4}$/.test(perDay)) {
    throw new Error(`HEALING_PER_DAY is "${perDay}". Set it to a whole number from 1 to 99999.`);
  }
  return { mode, perDay: Number(perDay) };
}
