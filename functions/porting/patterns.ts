const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Any type of the family: Telnyx adds types, and the ledger keeps unknown ones. */
const EVENT_TYPE = /^porting_order\.[a-z0-9_.]{1,100}$/;

/** A UUID in lower case, as Telnyx writes it; `undefined` for any other text. */
export function uuidOf(text: string): string | undefined {
  return UUID.test(text) ? text.toLowerCase() : undefined;
}

/** True for a valid type of port-in event. */
export function isEventType(text: string): boolean {
  return EVENT_TYPE.test(text);
}
