import { readFileSync } from 'node:fs';
import fc from 'fast-check';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly (string | null)[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly format?: string;
}

const { components } = JSON.parse(readFileSync('test/fixtures/telnyx/openapi-porting-orders.json', 'utf8'));

/** `activation_settings.foc_datetime_actual`; an item of an array has `[]` in its path. */
export type Path = string;

/** Every part of Telnyx's description of a porting order that has no parts of its own. */
export interface Leaf {
  readonly path: Path;
  readonly type: 'string' | 'date-time' | 'integer' | 'boolean';
}

function resolved(schema: Schema): Schema {
  if (schema.$ref !== undefined) return resolved(components.schemas[schema.$ref.split('/').at(-1) ?? '']);
  const choice = schema.anyOf?.find(({ type }) => type !== 'null');
  return choice ? resolved(choice) : schema;
}

function typeOf({ type }: Schema): string | null | undefined {
  return typeof type === 'string' ? type : type?.find((one) => one !== 'null');
}

function leavesOf(given: Schema, path: Path): readonly Leaf[] {
  const schema = resolved(given);
  const type = typeOf(schema);
  if (type === 'object') {
    return Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
      leavesOf(member, path === '' ? name : `${path}.${name}`),
    );
  }
  if (type === 'array') return leavesOf(schema.items ?? {}, `${path}[]`);
  if (type === 'string') return [{ path, type: schema.format === 'date-time' ? 'date-time' : 'string' }];
  if (type === 'integer' || type === 'boolean') return [{ path, type }];
  throw new Error(`${path} has a type that this reader does not know: ${JSON.stringify(schema)}`);
}

export const leavesOfOrder = leavesOf({ $ref: '#/components/schemas/PortingOrder' }, '');

/** The whole of what may be kept: what Telnyx calls it, and where it is kept. */
export const ALLOWED: Readonly<Record<string, string>> = {
  'status.value': 'status',
  'activation_settings.foc_datetime_requested': 'focRequested',
  'activation_settings.foc_datetime_actual': 'foc',
  'activation_settings.activation_status': 'activationStatus',
  porting_phone_numbers_count: 'numberCount',
  phone_number_type: 'numberType',
  requirements_met: 'requirementsMet',
  support_key: 'supportKey',
  parent_support_key: 'parentSupportKey',
  customer_reference: 'reference',
  customer_group_reference: 'groupReference',
  old_service_provider_ocn: 'losingCarrier',
  'messaging.enable_messaging': 'messaging.enable_messaging',
  'messaging.messaging_capable': 'messaging.messaging_capable',
  'messaging.messaging_port_completed': 'messaging.messaging_port_completed',
  'messaging.messaging_port_status': 'messaging.messaging_port_status',
  created_at: 'created',
};

export const isAllowed = (path: Path): boolean => path === 'id' || path in ALLOWED;

/** A value that stands nowhere else: it carries its path, or as a number or a date a number of its own. */
function marked({ type, path }: Leaf, number: number): fc.Arbitrary<string | number | boolean> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer({ min: 1, max: 999 }).map((some) => 7_000_000 + number * 1000 + some);
  if (type === 'string') return fc.string({ maxLength: 30 }).map((some) => `MARK<${path}>${some.toWellFormed()}`);
  return fc
    .integer({ min: 0, max: 999 })
    .map((some) => `2031-05-06T07:08:09.${String(number).padStart(3, '0')}${String(some).padStart(3, '0')}Z`);
}

/** A porting order with every described member, nested objects and arrays included, and each value of its own. */
export interface FilledOrder {
  readonly order: Readonly<Record<string, unknown>>;
  readonly values: ReadonlyMap<Path, unknown>;
}

/** Every member of Telnyx's description is filled; `fixed` gives some of them a value. */
export const filledOrders = (fixed: ReadonlyMap<Path, unknown> = new Map()): fc.Arbitrary<FilledOrder> =>
  fc
    .tuple(
      ...leavesOfOrder.map((leaf, number) =>
        fixed.has(leaf.path) ? fc.constant(fixed.get(leaf.path)) : marked(leaf, number),
      ),
    )
    .map((drawn) => {
      const values = new Map(leavesOfOrder.map(({ path }, number) => [path, drawn[number]]));
      return {
        order: built({ $ref: '#/components/schemas/PortingOrder' }, '', values) as FilledOrder['order'],
        values,
      };
    });

function built(given: Schema, path: Path, values: ReadonlyMap<Path, unknown>): unknown {
  const schema = resolved(given);
  const type = typeOf(schema);
  if (type === 'array') return [built(schema.items ?? {}, `${path}[]`, values)];
  if (type !== 'object') return values.get(path);
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, member]) => [
      name,
      built(member, path === '' ? name : `${path}.${name}`, values),
    ]),
  );
}
