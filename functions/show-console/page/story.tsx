import type { LedgerEvent, Order } from './answers.ts';
import { OrderLink } from './order-link.tsx';
import { storyPartOf } from './story.ts';
import { Table } from './table.tsx';
import { When } from './when.tsx';

/** What happened to an order, in sentences, the newest last. */
export function Story({ events, ownId }: { readonly events: readonly LedgerEvent[]; readonly ownId: string }) {
  return (
    <ol class="story">
      {events.map((event) => {
        const { sentence, quoted = [], other } = storyPartOf(event, ownId);
        return (
          <li key={event.id}>
            <When at={event.created_at} />
            <p>
              {sentence}
              {other && <OrderLink id={other} />}
            </p>
            {quoted.map((text) => (
              <blockquote key={text} dir="auto">
                {text}
              </blockquote>
            ))}
          </li>
        );
      })}
    </ol>
  );
}

const COLUMNS = [
  { head: 'When', of: ({ created_at }: LedgerEvent) => <When at={created_at} /> },
  { head: 'Type', of: ({ event_type }: LedgerEvent) => event_type },
  {
    head: 'By webhook',
    of: ({ ledger }: LedgerEvent) => (ledger.webhook_deliveries > 0 ? `${ledger.webhook_deliveries}×` : 'no'),
  },
  { head: 'By list', of: ({ ledger }: LedgerEvent) => (ledger.listed_at ? <When at={ledger.listed_at} /> : 'not yet') },
  { head: 'Missed', of: ({ ledger }: LedgerEvent) => <When at={ledger.missed_at} /> },
  { head: 'Event id', of: ({ id }: LedgerEvent) => <code>{id}</code> },
];

/** Where each sentence comes from: for engineers, and folded away. */
export function HowWeKnow({ order, events }: { readonly order: Order; readonly events: readonly LedgerEvent[] }) {
  return (
    <details>
      <summary>How we know</summary>
      <p>
        Order id <code>{order.id}</code>
        {order.details && (
          <>
            . Telnyx's own order was last compared <When at={order.details.read_at} />
          </>
        )}
      </p>
      <Table caption="Where each event came from" columns={COLUMNS} keyOf={({ id }) => id} things={events} />
    </details>
  );
}
