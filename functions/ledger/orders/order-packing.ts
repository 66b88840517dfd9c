import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isObject } from '../../porting/event.ts';
import { readJson } from '../../porting/json.ts';
import { factsIn } from '../../porting/order-facts.ts';
import type { HeldReading } from '../../porting/order-reading.ts';
import type { JoinableFact } from '../../porting/pairs.ts';

/** A fact, with the state of its event's row. */
export type HeldFact = JoinableFact & {
  /** The event has expired. When the list shows it again, that is not news. */
  readonly gone?: true;
};

/** What an order's row keeps packed. */
export interface Packed {
  readonly facts: readonly HeldFact[];
  readonly reading: HeldReading | undefined;
}

/**
 * Texts that most orders have, the most frequent ones last. Deflate refers to them as if they stood before the JSON, so
 * an order does not pay for them: with a reading it takes 510 bytes instead of 771, and a write 1.15 units instead of
 * 1.53. Rows can only be read with the dictionary with which they were written: NEVER CHANGE IT. Rows that were written
 * without any do not refer to it, and are read as well.
 */
const DICTIONARY = Buffer.from(
  [
    '"split","into":"","from":"","of":"","deletedAt":"porting_order.deleted',
    'porting_order.sharing_token_expiredporting_order.loa_updated',
    '"comment":{"by":"user"}system"admin"}"type":"porting_order.new_comment",',
    '"messaging":{"enable_messaging":true,"messaging_capable":false,"messaging_port_completed":',
    '"messaging_port_status":"pending"exceptionported"}},"type":"porting_order.messaging_changed","same":"status#comment#',
    '"status":{"value":"deleted"activation-in-progress"cancelled"cancel-pending"ported"foc-date-confirmed"',
    'exception","details":[{"code":"","description":""}]}in-process"submitted"draft","details":[]},"v":"1#1#2026-',
    '"reading":{"details":{"focRequested":"2026-","foc":null,"activationStatus":"Pending"Sending"Active"New",',
    '"numberCount":1,"numberType":"local"mobile"toll_free","requirementsMet":false,true,"supportKey":"sr_",',
    '"reference":"","groupReference":"","losingCarrier":"","created":"2026-T"},"readAt":"2026-},',
    '"differs":{"status":"","since":""},"ended":true,"payloadAt":"202T15:00:00.000000Z","webhookUrl":null,',
    '"webhookUrl":"https://","listed":true,"webhook":false,"listed":false,"webhook":true,"supportKey":"sr_",',
    '"reference":"","status":{"value":","created":"2026-00:00.000000Z","type":"porting_order.status_changed",',
    '"v":"1#0#","listed":false,"webhook":true,[{"id":"","at":"20',
  ].join(''),
);

/** Facts and reading as they are stored. */
export function pack({ facts, reading }: Packed): Buffer {
  return deflateRawSync(JSON.stringify(reading ? { facts, reading } : facts), { dictionary: DICTIONARY });
}

/** What {@link pack} stored; nothing of a row that has none. */
export function unpack(packed: Uint8Array | undefined): Packed {
  if (!packed) return { facts: [], reading: undefined };
  const held = readJson(inflateRawSync(packed, { dictionary: DICTIONARY }).toString());
  // A row without a reading has only the list of facts.
  if (!isObject(held)) return { facts: factsIn(held), reading: undefined };
  return { facts: factsIn(held.facts), reading: held.reading as HeldReading };
}
