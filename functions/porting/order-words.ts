import { membersOf } from './event.ts';
import { howMany } from './message.ts';
import type { OrderState } from './order.ts';
import { plain } from './plain.ts';
import type { ShownDetails } from './shown-details.ts';

/** An order as a message speaks of it. */
export type NamedOrder = Pick<OrderState, 'id' | 'support_key' | 'customer_reference' | 'status'> & {
  readonly details: ShownDetails | null;
};

const LONGEST_NAME = 60;

/** What people call an order: their own reference, or else Telnyx's support key. */
export function orderName({ id, customer_reference, support_key, details }: NamedOrder): string {
  const names = [customer_reference, details?.customer_reference, support_key, details?.support_key];
  const name = names.map((one) => plain(one ?? '', LONGEST_NAME)).find((one) => one !== '');
  return name ?? `order without a reference (id ${plain(id.slice(0, 8), 8)}…)`;
}

/** ` (12 numbers)`, where the number is known. */
export function numbersIn({ details }: NamedOrder): string {
  const count = details?.number_count ?? null;
  return count === null ? '' : ` (${howMany(count, 'number')})`;
}

export function supportKeyOf({ support_key, details }: NamedOrder): string {
  return plain(support_key ?? details?.support_key ?? '', LONGEST_NAME);
}

const STATUS_WORDS: ReadonlyMap<string, string> = new Map([
  ['draft', 'a draft'],
  ['in-process', 'being checked by Telnyx'],
  ['submitted', 'with the old carrier'],
  ['exception', 'refused'],
  ['foc-date-confirmed', 'waiting for its date'],
  ['activation-in-progress', 'being activated'],
  ['cancel-pending', 'waiting to be cancelled'],
  ['ported', 'ported'],
  ['cancelled', 'cancelled'],
  ['deleted', 'deleted'],
]);

/** A status in words that follow "is" or "has been"; an unknown one as Telnyx spells it. */
export function statusWords({ status }: NamedOrder): string {
  const value = status?.value ?? '';
  return STATUS_WORDS.get(value) ?? (plain(value, 40) || 'in no known status');
}

/** Telnyx has 21 codes of reasons; an order has one to three. */
const MOST_REASONS = 21;
const LONGEST_REASON = 2_000;

/** Why Telnyx refused the order, each reason in full: its description, and its code. */
export function reasonLines({ status }: NamedOrder): readonly string[] {
  return (status?.details ?? []).slice(0, MOST_REASONS).flatMap((detail) => {
    const { code, description } = textsIn(detail);
    const line = [description, code && (description ? `(${code})` : code)].filter(Boolean).join(' ');
    return line === '' ? [] : [line];
  });
}

/** The first reason in a few words: `account number mismatch`. */
export function shortReason({ status }: NamedOrder): string {
  for (const detail of status?.details ?? []) {
    const { code, description } = textsIn(detail);
    if (IS_CODE.test(code)) return inWords(code);
    if (description || code) return description || code;
  }
  return '';
}

/** A reason as Telnyx words it; its code in words where there is only that, and empty where there is neither. */
export function reasonWords(detail: unknown): string {
  const { code, description } = textsIn(detail);
  return description || (IS_CODE.test(code) ? inWords(code) : code);
}

function textsIn(detail: unknown): { readonly code: string; readonly description: string } {
  const { code, description } = membersOf(detail);
  const text = (value: unknown, most: number) => (typeof value === 'string' ? plain(value, most) : '');
  return {
    code: text(code, 80),
    description: typeof detail === 'string' ? plain(detail, LONGEST_REASON) : text(description, LONGEST_REASON),
  };
}

const IS_CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;

/** `FOC_REJECTED` becomes `FOC rejected`, and `ACCOUNT_NUMBER_MISMATCH` becomes `account number mismatch`. */
function inWords(code: string): string {
  return code
    .split('_')
    .map((word) => (ABBREVIATIONS.has(word) ? word : word.toLowerCase()))
    .join(' ');
}

const ABBREVIATIONS: ReadonlySet<string> = new Set(['FOC', 'LOA', 'PIN', 'CSR', 'BTN', 'DID', 'OCN', 'SPID', 'LRN']);
