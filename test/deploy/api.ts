import type { Ledger } from './ledger.ts';
import { list, listAll, type Rehearsal, record, type Shown, show } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import type { Tokens } from './secrets.ts';
import { first } from './webhooks.ts';

/** The list: pages, filters, totals and refusals. */
export async function checkList({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const upstream = telnyx.api.events();
  const total = upstream.length + telnyx.documented.length;
  const all = await listAll(ledger, tokens.read);
  equal('the list has every event once', [all.length, new Set(ids(all)).size], [total, total]);
  holds(
    'newest first',
    all.every((event, index) => index === 0 || createdAt(event) <= createdAt(all[index - 1])),
    all.map(createdAt),
  );
  equal('pages of 37 make the same list', ids(await listAll(ledger, tokens.read, { 'page[size]': 37 })), ids(all));
  equal('its meta', (await list(ledger, tokens.read, { 'page[size]': 37, 'page[number]': 3 })).meta, {
    page_number: 3,
    page_size: 37,
    total_pages: Math.ceil(total / 37),
    total_results: total,
  });
  equal('the page after the last is empty', (await list(ledger, tokens.read, { 'page[number]': 10_000 })).data, []);

  const type = 'porting_order.status_changed';
  const order = upstream.at(-1)?.porting_order_id ?? '';
  const [from, to] = [createdAt(upstream[50]), createdAt(upstream[150])];
  const filters: readonly [Readonly<Record<string, string>>, (event: Shown) => boolean][] = [
    [{ 'filter[type]': type }, (event) => event.event_type === type],
    [{ 'filter[porting_order_id]': order }, (event) => event.porting_order_id === order],
    [
      { 'filter[created_at][gte]': from, 'filter[created_at][lte]': to },
      (event) => createdAt(event) >= from && createdAt(event) <= to,
    ],
    [
      { 'filter[type]': type, 'filter[created_at][gte]': from },
      (event) => event.event_type === type && createdAt(event) >= from,
    ],
  ];
  for (const [filter, matches] of filters) {
    const expected = ids(all.filter(matches));
    const found = ids(await listAll(ledger, tokens.read, filter));
    equal(`${Object.keys(filter).join(' and ')}: ${expected.length} events`, found, expected);
    holds('  some, not all', expected.length > 0 && expected.length < total, expected.length);
  }
  for (const wrong of ['page[size]=251', 'page[number]=0', 'filter[typ]=x', 'filter[porting_order_id]=7']) {
    equal(`${wrong}: 422`, (await ledger.call('GET', `/v2/porting/events?${wrong}`, tokens.read)).status, 422);
  }
}

/** One event. */
export async function checkShow({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const upstream = telnyx.api.events().at(-1);
  const { event } = await show(ledger, tokens.read, upstream?.id ?? '');
  equal('an event that was only listed', event && [record(event), event.ledger.first_seen_by], [upstream, 'list']);
  const unknown = '00000000-0000-4000-8000-000000000000';
  equal('an unknown id: 404', (await show(ledger, tokens.read, unknown)).status, 404);
  const nowhere = await ledger.call('GET', '/v2/porting/orders');
  equal('an unknown path, without a token: 404', nowhere.status, 404);
  holds('  in the documented form', /"errors":\[{"code":"10005"/.test(JSON.stringify(nowhere.body)), nowhere.body);
}

/** A republish reaches Telnyx once. */
export async function checkRepublish({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { api } = telnyx;
  // Setup has asked for one.
  const before = api.republished.length;
  const asked = () => api.republished.slice(before);
  const [one, two] = api.events().map(({ id }) => id);
  if (!one || !two) throw new Error('the simulated account has no events');
  const republish = (id: string, key?: string) =>
    ledger.call('POST', `/v2/porting/events/${id}/republish`, tokens.operate, {
      headers: key ? { 'idempotency-key': key } : {},
    });

  equal('a republish with an operate token: 204', (await republish(one)).status, 204);
  equal('Telnyx was asked for it', asked(), [one]);
  const answers = [await republish(two, 'rehearsal-1'), await republish(two, 'rehearsal-1')];
  equal(
    'twice with one Idempotency-Key: 204 and the same again',
    answers.map(({ status, headers }) => [status, headers['idempotent-replayed']]),
    [
      [204, undefined],
      [204, 'true'],
    ],
  );
  equal('Telnyx was asked once', asked(), [one, two]);
  equal('the key for another event: 422', (await republish(one, 'rehearsal-1')).status, 422);
  equal('an event that Telnyx does not have: 404', (await republish(first(telnyx.documented).id)).status, 404);
  equal('Telnyx has sent nothing more', asked(), [one, two]);
  equal('the ledger counts it', (await show(ledger, tokens.read, two)).event?.ledger.republish_count, 1);
}

/** The only instant of a deleted order's event may be in its payload. */
function createdAt(event: (Pick<Shown, 'payload'> & { readonly created_at?: string }) | undefined): string {
  return event?.created_at ?? (event?.payload as { created_at?: string } | null)?.created_at ?? '';
}

export function ids(events: readonly Shown[]): readonly string[] {
  return events.map(({ id }) => id);
}
