import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { BusEvent } from '../../infra/local/put-events.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/events.md'), 'utf8');
const ajv = new Ajv({ allErrors: true, strictTypes: false });
formats.default(ajv);
const schemas = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text));
for (const schema of schemas) ajv.addSchema(schema);

/** The detail types that have a schema of their own in docs/events.md. */
export const ownTypes: readonly string[] = schemas.map(({ $id }) => $id).filter((id) => id.includes('.'));

/** How an event on the bus violates the schemas of docs/events.md; empty if it does not. */
export function problemsOf(event: BusEvent): readonly string[] {
  const type = event['detail-type'];
  const validate = ajv.getSchema(ownTypes.includes(type) ? type : 'event') as ValidateFunction;
  if (event.source !== 'port-in-ledger') return [`source is ${event.source}`];
  if (validate(event.detail)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${type} ${event.detail.id}: ${instancePath} ${message}`,
  );
}
