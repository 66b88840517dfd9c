import type { Notice } from '../../functions/porting/notice.ts';
import type { ShownDetails } from '../../functions/porting/shown-details.ts';

/** Thursday. */
export const NOW = Date.parse('2026-11-26T08:00:00Z');
export const ORDER_ID = '496c8c1e-55f2-4501-9fcd-f028ddba81d9';

type Told = Notice['order'];

/** What Telnyx's own order says. */
export function details(more: Partial<ShownDetails> = {}): ShownDetails {
  return {
    read_at: '2026-11-26T07:30:00.000000Z',
    status: null,
    foc_date: null,
    foc_date_before: null,
    foc_date_requested: null,
    activation_status: null,
    number_count: 12,
    number_type: 'local',
    requirements_met: true,
    support_key: 'sr_6bc693',
    parent_support_key: null,
    customer_reference: 'port-4711',
    customer_group_reference: null,
    losing_carrier: null,
    messaging: null,
    created_at: '2026-11-01T09:00:00.000000Z',
    ...more,
  };
}

/** An order that Telnyx refused, as a message speaks of it. */
export function refusedOrder(more: Partial<Told> = {}): Told {
  return {
    id: ORDER_ID,
    record_type: 'porting_order',
    status: {
      value: 'exception',
      details: [
        {
          code: 'ACCOUNT_NUMBER_MISMATCH',
          description: 'The account number does not match what the losing carrier has on file.',
        },
      ],
    },
    status_since: '2026-11-26T07:59:00.000000Z',
    status_event_id: '00000000-0000-4000-8000-000000000001',
    terminal: false,
    acts: 'customer',
    act_by: '2026-12-10T07:59:00.000000Z',
    action_required: true,
    support_key: 'sr_6bc693',
    customer_reference: 'port-4711',
    messaging: null,
    split_from: [],
    split_into: [],
    last_comment: null,
    deleted_at: null,
    events: { total: 1, by_type: { 'porting_order.status_changed': 1 } },
    first_event: null,
    last_event: null,
    changed_at: '2026-11-26T07:59:00.000000Z',
    details: details(),
    ...more,
  };
}

/** The same order in another status. */
export function orderIn(value: string, more: Partial<Told> = {}): Told {
  const none = { acts: 'losing_carrier', act_by: null, action_required: false } as const;
  return refusedOrder({ status: { value, details: [] }, ...none, ...more });
}
