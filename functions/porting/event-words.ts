import type { Actor } from './acts.ts';
import { membersOf, type PortingEvent } from './event.ts';

const ACTORS: ReadonlyMap<string, string> = new Map<Actor, string>([
  ['customer', 'you'],
  ['telnyx', 'Telnyx'],
  ['losing_carrier', 'the old carrier'],
  ['nobody', 'no one'],
  ['unknown', 'not known'],
]);

/** Who must act on an order, for the person who reads it. */
export function actorWords(acts: Actor): string {
  return ACTORS.get(acts) ?? acts.replaceAll('_', ' ');
}

const AUTHORS: ReadonlyMap<string, string> = new Map([
  ['admin', 'Telnyx'],
  ['user', 'you'],
  ['system', 'Telnyx (system)'],
]);

/** Who wrote a comment, for the person who reads it: Telnyx's `user_type` is `admin` for its own staff. */
export function authorWords(userType: unknown): string {
  const type = textOf(userType);
  return AUTHORS.get(type) ?? type;
}

/** What Telnyx says about a status: each code with its description. */
export function reasonsIn(status: unknown): readonly string[] {
  const { details } = membersOf(status);
  if (!Array.isArray(details)) return [];
  return details
    .map(membersOf)
    .map(({ code, description }) => [code, description].map(textOf).filter(Boolean).join(': '))
    .filter(Boolean);
}

/** What an event says, in full: a status with its codes, the text of a comment; empty for types without such. */
export function saidIn({ event_type, payload }: PortingEvent): string {
  const part = (name: string) => membersOf(membersOf(payload)[name]);
  switch (event_type) {
    case 'porting_order.status_changed': {
      const { value, details } = part('status');
      const codes = Array.isArray(details) ? details.map((detail) => textOf(membersOf(detail).code)) : [];
      return [textOf(value), codes.filter(Boolean).join(', ')].filter(Boolean).join(': ');
    }
    case 'porting_order.new_comment':
      return textOf(part('comment').body);
    case 'porting_order.split':
      return [part('from').id, part('to').id].map(textOf).filter(Boolean).join(' into ');
    case 'porting_order.messaging_changed':
      return textOf(part('messaging').messaging_port_status);
    default:
      return '';
  }
}

/** A member as text, whatever Telnyx sends. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
