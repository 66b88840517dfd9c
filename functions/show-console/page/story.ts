import { membersOf, PORTING_ORDER_FAMILY } from '../../porting/event.ts';
import { authorWords } from '../../porting/event-words.ts';
import { reasonWords } from '../../porting/order-words.ts';
import type { LedgerEvent } from './answers.ts';

/** What one event tells, for the person who reads the order's story. */
export interface StoryPart {
  readonly sentence: string;
  /** A comment in full, or the reasons of a refusal. */
  readonly quoted?: readonly string[];
  /** The order at the other end of a split. */
  readonly other?: string;
}

const STATUSES: ReadonlyMap<string, string> = new Map([
  ['draft', 'The order was begun, as a draft.'],
  ['in-process', 'The order was sent. Telnyx checks it.'],
  ['submitted', 'Telnyx passed the order to the old carrier.'],
  ['exception', 'The order was refused.'],
  ['foc-date-confirmed', 'The old carrier confirmed the date.'],
  ['activation-in-progress', 'The numbers are being activated.'],
  ['ported', 'The numbers are ported.'],
  ['cancel-pending', 'Someone asked to cancel the order.'],
  ['cancelled', 'The order was cancelled.'],
]);

const TYPES: ReadonlyMap<string, string> = new Map([
  ['porting_order.deleted', 'The order was deleted.'],
  ['porting_order.loa_updated', 'The letter of authorisation was updated.'],
  ['porting_order.sharing_token_expired', 'A link that shares the order has expired.'],
]);

/**
 * An event of an order as a sentence. A type or status that this page does not know is told in Telnyx's own words.
 *
 * @param ownId the order's
 */
export function storyPartOf({ event_type, payload }: LedgerEvent, ownId: string): StoryPart {
  const members = membersOf(payload);
  switch (event_type) {
    case 'porting_order.status_changed':
      return statusPart(membersOf(members.status));
    case 'porting_order.new_comment': {
      const { body, user_type: by } = membersOf(members.comment);
      const author = authorWords(by) || 'Someone';
      const sentence = `${capital(author)} wrote:`;
      return { sentence, quoted: [typeof body === 'string' ? body : '(without a text)'] };
    }
    case 'porting_order.split': {
      const [from, to] = [members.from, members.to].map((end) => membersOf(end).id);
      const [sentence, other] =
        to === ownId ? ['This order was split off:', from] : ['A part became an order of its own:', to];
      return typeof other === 'string' ? { sentence, other } : { sentence: 'The order was split.' };
    }
    case 'porting_order.messaging_changed': {
      const { messaging_port_status: status } = membersOf(members.messaging);
      return { sentence: `Messaging: ${typeof status === 'string' ? inPlain(status) : 'changed'}.` };
    }
    default:
      return {
        sentence: TYPES.get(event_type) ?? `${capital(inPlain(event_type.replace(PORTING_ORDER_FAMILY, '')))}.`,
      };
  }
}

function statusPart({ value, details }: Readonly<Record<string, unknown>>): StoryPart {
  if (typeof value !== 'string') return { sentence: 'The status changed.' };
  const reasons = (Array.isArray(details) ? details : []).map(reasonWords).filter((words) => words !== '');
  const sentence = STATUSES.get(value) ?? `The status is now: ${inPlain(value)}.`;
  return reasons.length > 0 ? { sentence, quoted: [...new Set(reasons)] } : { sentence };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** `activation_failed` and `foc-date-lost` as words. */
function inPlain(text: string): string {
  return text.replaceAll(/[_-]+/g, ' ');
}
