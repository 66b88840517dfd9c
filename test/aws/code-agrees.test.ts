import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FunctionName, functions } from '../../infra/service.ts';
import { bundled, repository } from './bundled.ts';

describe.each(Object.keys(functions) as FunctionName[])('the code of %s', async (name) => {
  const { text, sources } = await bundled(name);
  const described = functions[name];

  test('reads exactly the environment variables that it is given', async () => {
    const files = await Promise.all(sources.map((path) => readFile(join(repository, path), 'utf8')));
    const read = new Set(files.flatMap(variablesRead).filter((variable) => !setByHost(variable)));
    expect([...read].sort()).toEqual(Object.keys(described.environment).sort());
  });

  // Tree shaking leaves only the names of the operations that are called, so a forgotten permission shows here and not
  // as AccessDenied on AWS. The table of a call cannot be seen.
  test('calls exactly the operations that it is allowed', () => {
    const called = new Set([...text.matchAll(operation)].map(([, found = '']) => found));
    const allowed = new Set<string>(Object.values(described.tables).flat());
    const readsSecrets = Object.values(described.environment).some((value) => 'secret' in value);
    if (readsSecrets) allowed.add('GetSecretValue');
    const putsEvents = Object.values(described.environment).some((value) => 'bus' in value);
    if (putsEvents) allowed.add('PutEvents');
    if (Object.values(described.environment).some((value) => 'topic' in value)) allowed.add('Publish');
    if (Object.values(described.environment).some((value) => 'queue' in value)) allowed.add('GetQueueAttributes');
    expect([...called].sort()).toEqual([...allowed].sort());
  });
});

const operations = [
  /(?:Batch|Transact)?(?:Get|Put|Update|Delete|Write)Items?/,
  /Query|Scan|PutEvents|Publish(?:Batch)?/,
  /(?:Get|Set)QueueAttributes|(?:Send|Receive|Delete)Message/,
  /(?:BatchExecute|Execute)(?:Statement|Transaction)/,
  /(?:Get|Put|BatchGet|Update)SecretValue/,
];
const operation = new RegExp(`["'\`](${operations.map(({ source }) => source).join('|')})["'\`]`, 'g');

/**
 * The names in `environment('NAME')`, `env.NAME`, `process.env.NAME`, `process.env['NAME']` and
 * `{ NAME } = process.env`.
 */
function variablesRead(source: string): string[] {
  const code = source.replace(/\/\*.*?\*\/|(?<=^|\s)\/\/.*?$/gms, '');
  const direct = [...code.matchAll(/\benv(?:ironment)?(?:\?*\.|\??\.?\[\s*|\(\s*)['"`]?([A-Z][A-Z0-9_]*)\b/g)];
  const taken = [...code.matchAll(/\{([^{}]*)\}\s*=\s*(?:process\.)?env\b/g)].flatMap(([, names = '']) => [
    ...names.matchAll(/(?:^|,)\s*([A-Z][A-Z0-9_]*)/g),
  ]);
  return [...direct, ...taken].map(([, name = '']) => name);
}

// Lambda sets these itself, and the SDK reads them for hosts other than Lambda.
function setByHost(name: string): boolean {
  return /^(AWS|LAMBDA|NODE)_|^_HANDLER$|^TZ$/.test(name);
}

test('the search for names sees every way to read one', () => {
  const source = `
    const a = environment('EVENTS_TABLE'), b = environment( "CONTROL_TABLE" ), c = process.env.TELNYX_PUBLIC_KEY;
    const d = process.env['TELNYX_BASE_URL'] ?? env.API_TOKENS_SECRET; // not environment('IN_A_COMMENT')
    const { ONE, TWO: two = '2' } = process.env;
    /* nor process.env.IN_A_BLOCK */ const url = 'https://example.com'; use(NOT_READ);
  `;
  expect(variablesRead(source)).toEqual([
    'EVENTS_TABLE',
    'CONTROL_TABLE',
    'TELNYX_PUBLIC_KEY',
    'TELNYX_BASE_URL',
    'API_TOKENS_SECRET',
    'ONE',
    'TWO',
  ]);
});
