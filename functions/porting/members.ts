/**
 * Longer texts are cut: all facts of an order must fit into one row of 400 KB.
 */
const LONGEST_TEXT = 500;

/** A text that Telnyx sent, cut to what a row can hold; `undefined` for an empty one and for anything else. */
export function textOf(value: unknown, longest = LONGEST_TEXT): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, longest).toWellFormed() : undefined;
}

type Only<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };

/** Leaves out undefined members, which JSON does not have. */
export function only<Members extends object>(members: Members): Only<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Only<Members>;
}
