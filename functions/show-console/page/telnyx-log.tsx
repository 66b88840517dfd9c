import { hrefTo } from './address.ts';
import type { ShownDelivery } from './answers.ts';
import { ask, withQuery } from './api.ts';
import { useLive } from './live.ts';
import { Empty, StateOf } from './states.tsx';
import { type ShownColumn, Table } from './table.tsx';
import { When } from './when.tsx';

interface LogAnswer {
  readonly data: readonly ShownDelivery[];
  readonly meta: {
    readonly available: boolean;
    readonly reason?: string;
    readonly total_pages?: number | null;
    readonly total_results?: number | null;
  };
}

/** Each look is a request to Telnyx, within the account's limit. */
const EVERY_MS = 5 * 60_000;

const COLUMNS: readonly ShownColumn<ShownDelivery>[] = [
  { head: 'Begun', of: ({ started_at }) => <When at={started_at} /> },
  { head: 'Type', of: ({ event_type }) => event_type },
  { head: 'Why it failed', of: whyOf },
  { head: 'Attempts', of: ({ attempts }) => attempts.length },
  {
    head: 'The ledger',
    of: ({ in_ledger, webhook_arrived }) =>
      webhook_arrived ? 'got it later' : in_ledger ? 'has it from the list' : 'lacks it',
  },
  {
    head: 'Order',
    of: ({ porting_order_id: id }) => id && <a href={hrefTo(`orders/${id}`)}>{id.slice(0, 8)}…</a>,
  },
];

/** Telnyx's own log of webhooks that it could not deliver, beside what the ledger holds. */
export function TelnyxLog({ page }: { readonly page: number }) {
  const path = withQuery('/v2/webhook-deliveries/failed', { 'page[number]': `${page}`, 'page[size]': '50' });
  const live = useLive(path, (signal) => ask<LogAnswer>(path, { signal }), EVERY_MS);
  const { data = [], meta } = live.data ?? {};
  const toPage = (number: number) => hrefTo('deliveries', { show: 'telnyx-log', page: `${number}` });
  return (
    <>
      <StateOf live={live} />
      {meta?.available === false && <p class="notice">{meta.reason}</p>}
      {meta?.available && data.length === 0 && <Empty>Telnyx knows of no webhook that it could not deliver.</Empty>}
      {data.length > 0 && (
        <Table
          caption="Webhooks that Telnyx could not deliver, the latest first"
          columns={COLUMNS}
          keyOf={({ id, event_id, started_at }) => `${id} ${event_id} ${started_at}`}
          things={data}
        />
      )}
      <p class="tools">
        {page > 1 && <a href={toPage(page - 1)}>Newer</a>}
        {page < (meta?.total_pages ?? 1) && <a href={toPage(page + 1)}>Older</a>}
      </p>
    </>
  );
}

/** What happened at the last attempt, which Telnyx lists first. */
function whyOf({ attempts: [last] }: ShownDelivery): string {
  if (last === undefined) return '';
  const meanings = last.error_codes.map(({ code, meaning }) => meaning ?? `code ${code}`);
  return [...new Set(meanings)].join(', ') || (last.status === null ? '' : `answered ${last.status}`);
}
