import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/** The parts of an OpenAPI document that the tests read. */
export interface OpenApi {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly 'x-gateway-answers': Readonly<Record<string, unknown>>;
  readonly 'x-unknown-paths': { readonly status: number; readonly headers: Readonly<Record<string, string>> };
}
export type PathItem = Readonly<Record<string, Operation>> & { readonly parameters?: readonly Parameter[] };
export interface Operation {
  readonly operationId: string;
  readonly security?: readonly { readonly token?: readonly string[] }[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, ApiResponse>>;
}
export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}
export interface Schema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}
export interface ApiResponse {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly $ref?: string; readonly required?: boolean }>>;
  readonly content?: Content;
}
type Content = Readonly<
  Record<string, { readonly examples?: Readonly<Record<string, { readonly value: unknown }>>; readonly schema: Schema }>
>;

export const telnyx: OpenApi & { readonly components: { readonly schemas: Readonly<Record<string, Schema>> } } =
  JSON.parse(readFileSync('test/fixtures/telnyx/openapi-porting.json', 'utf8'));
export const ledger: OpenApi = parse(readFileSync('docs/openapi.yaml', 'utf8'));

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(telnyx, 'telnyx');
ajv.addSchema(ledger, 'ledger');

/** What is wrong with a value by the schema at a JSON pointer into one of the two documents: where, and what. */
export function violations(document: 'telnyx' | 'ledger', pointer: readonly string[], value: unknown): string[] {
  const path = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const schema = `${document}#/${path.join('/')}`;
  const validate = ajv.getSchema(schema) ?? ajv.compile({ $ref: schema });
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The object at a JSON pointer such as `#/components/headers/RetryAfter`, with its pointer. */
export function resolved<Thing extends { readonly $ref?: string }>(
  thing: Thing,
  pointer: readonly string[],
): { readonly thing: Thing; readonly pointer: readonly string[] } {
  if (thing.$ref === undefined) return { thing, pointer };
  const parts = thing.$ref.replace(/^#\//, '').split('/');
  const [section = '', kind = '', name = ''] = parts;
  if (section !== 'components') throw new Error(`${thing.$ref} is no component`);
  return { thing: ledger.components[kind]?.[name] as Thing, pointer: parts };
}

/** `GET /v2/porting/events` and the like, each with its place in the document. */
export function operationsOf(document: OpenApi): readonly { name: string; path: string; method: string }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    ['get', 'post', 'put', 'patch', 'delete']
      .filter((method) => method in item)
      .map((method) => ({ name: `${method.toUpperCase()} ${path}`, path, method })),
  );
}
