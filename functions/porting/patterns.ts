const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Any type of the family: Telnyx adds types, and the ledger keeps those that it does not know. */
const EVENT_TYPE = /^porting_order\.[a-z0-9_.]{1,100}$/;

/** A UUID in the small letters that Telnyx writes; `undefined` for any other text. */
export function uuidOf(text: string): string | undefined {
  return UUID.test(text) ? text.toLowerCase() : undefined;
}

/** True for what can be the type of a port-in event. */
export function isEventType(text: string): boolean {
  return EVENT_TYPE.test(text);
}
