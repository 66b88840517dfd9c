import { KNOWN_STATUSES } from '../../functions/porting/acts.ts';
import { KNOWN_TYPES } from '../../functions/porting/event.ts';
import type { Query } from './api.ts';
import type { Context } from './context.ts';
import { typeOf } from './events-shown.ts';
import { shown } from './text.ts';

// Telnyx's types and statuses are open sets, so a word that this code does not know is asked for all the same. Only if
// nothing has it, it was probably misspelt.

/** Says which of these event types no event has, and which types are known. */
export async function sayUnknownTypes(
  context: Context,
  types: readonly (string | undefined)[],
  signal?: AbortSignal,
): Promise<void> {
  const known = KNOWN_TYPES.map((event_type) => typeOf({ event_type })).join(', ');
  for (const type of types) {
    if (type === undefined || KNOWN_TYPES.includes(type)) continue;
    if (await isAny(context, '/v2/porting/events', { 'filter[type]': type }, signal)) continue;
    context.screen.say(`No event in the ledger has the type ${shown(type)}. Known types: ${known}.`);
  }
}

/** The API's word for an order for which no event has given a status. */
const NONE = 'none';

/** Says which of these statuses no order has, and which statuses are known. */
export async function sayUnknownStatuses(context: Context, statuses: readonly string[]): Promise<void> {
  const known = [...KNOWN_STATUSES, NONE];
  for (const status of statuses.filter((one) => !known.includes(one))) {
    if (await isAny(context, '/v2/orders', { 'filter[status]': status })) continue;
    context.screen.say(`No order has the status ${shown(status)}. Known statuses: ${known.join(', ')}.`);
  }
}

async function isAny({ api }: Context, path: string, query: Query, signal?: AbortSignal): Promise<boolean> {
  const one = { ...query, 'page[size]': 1 };
  const { data } = await api.get<{ data: readonly unknown[] }>(path, one, signal ? { signal } : {});
  return data.length > 0;
}
