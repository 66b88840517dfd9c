import { isDeepStrictEqual } from 'node:util';
import { heldIn } from '../../functions/ledger/orders/order-row.ts';
import { idIn, type Row, textIn } from '../../functions/ledger/table/values.ts';
import type { PortingOrder } from '../../infra/local/simulator/porting-order.ts';
import type { Rest } from './oracle.ts';
import { instantOf } from './telnyx-orders.ts';

const ENDED = ['ported', 'cancelled', 'deleted'];

/**
 * I14: at rest, the ledger says of each order that is open what Telnyx says of it, and of one that ended what Telnyx
 * said at its end. A status that is not the ledger's is a row in `control`, and every such row is true.
 */
export function checkDetails({ plan, telnyx, truth }: Rest, orders: readonly Row[], control: readonly Row[]): void {
  const rows = control.filter((row) => textIn(row, 'kind') === 'order-disagrees');
  const known = new Map(rows.map((row) => [idIn(row), row]));
  for (const row of orders) {
    const id = idIn(row);
    const { reading, state, told } = heldIn(id, row);
    const order = telnyx.orders.get(id);
    const ours = state.status?.value;
    const theirs = order ? String(order.status.value) : 'deleted';
    const fault = (what: string) => truth.violate('I14', what, [id]);
    if (!plan.readsOrders) {
      if (reading) fault('was read');
      continue;
    }
    const isOver = ours !== undefined && ENDED.includes(ours);
    if (!reading) {
      if (!isOver) fault('was never read');
      continue;
    }
    const shown = order && plainDetails(order);
    const { focBefore: _, ...details } = reading.details;
    // Nothing that an ended order says is read again.
    const [held, wanted] = isOver ? [{ foc: details.foc }, { foc: shown?.foc }] : [details, shown];
    if (shown && !isDeepStrictEqual(held, wanted)) fault(`${differing(held, wanted)} at Telnyx`);
    if (!isOver && shown && told.foc?.date !== (details.foc ?? null)) fault('its FOC date was not published');

    // Telnyx does not keep a draft that was deleted, nor, who knows, an order that has ended.
    const isOne = ours === undefined || ours === theirs || (isOver && !order);
    const found = known.get(id);
    known.delete(id);
    if (isOne && (found || reading.differs)) fault(`agrees, ${ours}, and a difference is kept`);
    if (isOne) continue;
    if (reading.differs?.status !== theirs) fault(`is ${theirs} at Telnyx and ${ours} here: not noted`);
    if (found?.lasts?.BOOL !== true || textIn(found, 'telnyx') !== theirs || textIn(found, 'ledger') !== ours)
      fault(`is ${theirs} at Telnyx and ${ours} here: no row says so`);
  }
  if (known.size > 0) truth.violate('I14', 'differences of no order', [...known.keys()]);
}

/** What may be kept of an order, in the simplest code. */
function plainDetails(order: PortingOrder): Readonly<Record<string, unknown>> {
  const { activation_settings: activation } = order;
  const { messaging } = order;
  const given = {
    focRequested: instantOf(activation.foc_datetime_requested),
    foc: activation.foc_datetime_actual === null ? null : instantOf(activation.foc_datetime_actual),
    activationStatus: activation.activation_status ?? undefined,
    numberCount: order.porting_phone_numbers_count,
    numberType: order.phone_number_type,
    requirementsMet: order.requirements_met,
    supportKey: order.support_key ?? undefined,
    reference: order.customer_reference ?? undefined,
    groupReference: order.customer_group_reference,
    losingCarrier: order.old_service_provider_ocn,
    messaging,
    created: instantOf(order.created_at),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

type Fields = Readonly<Record<string, unknown>> | undefined;

function differing(held: Fields, wanted: Fields): string {
  const names = new Set([...Object.keys(held ?? {}), ...Object.keys(wanted ?? {})]);
  const pairs = [...names].filter((name) => !isDeepStrictEqual(held?.[name], wanted?.[name]));
  return pairs.map((name) => `${name}: ${JSON.stringify([held?.[name], wanted?.[name]])}`).join(', ');
}
