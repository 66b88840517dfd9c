import { describe, expect, test } from 'vitest';
import { readSettings as readContext } from '../infra/aws/settings.ts';
import { readSettings as readVariables } from '../infra/local/settings.ts';
import { type FunctionName, functions } from '../infra/service.ts';
import { LEDGER_SETTINGS } from '../infra/settings.ts';
import { samplePublicKey } from './aws/synthesized.ts';
import { loadHandler } from './handlers.ts';

/** Values that every host refuses for this setting. */
const BAD: Readonly<Record<keyof typeof LEDGER_SETTINGS, readonly string[]>> = {
  telnyxBaseUrl: ['api.telnyx.com/v2', 'http://api.telnyx.com/v2', 'https://me:hush@api.telnyx.com'],
  webhookTypes: ['learnt', 'none,porting_order.split', 'porting_order.split,', 'porting_order.Split'],
  graceMinutes: ['1441', '-1', '0.5'],
  overdueAfter: ['exception', 'exception=500', 'exception=0', 'exception=5,exception=6', 'exception=5;submitted=10'],
  retainDays: ['5', '29', '3651', 'None'],
  orderDetails: ['On', 'yes', 'true'],
  healing: ['on', 'OFF', 'republish,off'],
  healingPerDay: ['50000', '0', 'banana'],
  runbookUrl: [
    'docs/operations.md',
    'ftp://wiki.example/x',
    'https://me:hush@wiki.example',
    'https://wiki.example/#top',
  ],
  notices: ['overdue,', 'all,overdue', 'Overdue', 'draft_expiring', 'overdue;cancelled'],
  digestAt: ['8:00', '24:00', '08:60', '0800', '08:00 Uhr'],
  console: ['On', 'no', 'true'],
  timezone: ['Berlin', 'CEST+2', 'Europe/Nowhere', 'Europe/Berlin,UTC', '+02:00'],
};
const BAD_ANYWHERE = ['1e3', '+5', '0x10', '５', '007', '1 000', '5\n5', "'5'", '"off"', '\u00a0 \u200b'];

const GOOD: Readonly<Record<keyof typeof LEDGER_SETTINGS, readonly string[]>> = {
  telnyxBaseUrl: ['https://telnyx.example/v2/', 'http://127.0.0.1:9/v2'],
  webhookTypes: ['none', 'porting_order.split , porting_order.new_comment'],
  graceMinutes: ['0', '1440'],
  overdueAfter: ['default', 'exception = 3, submitted=365'],
  retainDays: ['none', '30', '3650'],
  orderDetails: ['on', 'off'],
  healing: ['off', 'republish'],
  healingPerDay: ['1', '10000'],
  runbookUrl: ['https://wiki.example/page?id=5', 'http://wiki.example/ledger/'],
  notices: ['all', 'none', 'overdue , foc_changed'],
  digestAt: ['00:00', '23:59', '07:30'],
  console: ['on', 'off'],
  timezone: ['UTC', 'Europe/Berlin', 'america/new_york', 'US/Eastern'],
};

const names = Object.keys(LEDGER_SETTINGS) as (keyof typeof LEDGER_SETTINGS)[];

/** The functions with a setting in their environment, and the name of its variable. */
const readersOf = (setting: string) =>
  Object.entries(functions).flatMap(([name, { environment }]) =>
    Object.entries(environment).flatMap(([variable, value]) =>
      'setting' in value && value.setting === setting ? [{ name: name as FunctionName, variable, environment }] : [],
    ),
  );

/** An environment in which a function starts. */
function complete(environment: Readonly<Record<string, unknown>>): Record<string, string> {
  const settings: Record<string, string> = { TELNYX_PUBLIC_KEY: samplePublicKey, SYNC_INTERVAL_SECONDS: '300' };
  for (const name of names)
    for (const { variable } of readersOf(name)) settings[variable] = LEDGER_SETTINGS[name].standard;
  return Object.fromEntries(Object.keys(environment).map((variable) => [variable, settings[variable] ?? variable]));
}

/** The errors of the CDK app, the local host and each function for a value; `undefined` if they accept it. */
async function saidOf(setting: (typeof names)[number], text: string): Promise<(string | undefined)[]> {
  const readers = readersOf(setting);
  const variable = readers[0]?.variable ?? setting.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
  const said = [
    await refusalOf(setting, () => readContext({ telnyxPublicKey: samplePublicKey, [setting]: text })),
    await refusalOf(variable, () => readVariables({ TELNYX_API_KEY: 'KEY0', [variable]: text })),
  ];
  // Sequentially, because they share the environment of the process.
  for (const { name, environment } of readers) {
    const variables = { ...complete(environment), [variable]: text };
    const start = () => loadHandler(name as Parameters<typeof loadHandler>[0], variables);
    said.push(await refusalOf(`The environment variable ${variable}`, start));
  }
  return said;
}

/** The text of an error after the setting's name. */
async function refusalOf(name: string, read: () => unknown): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
  }
}

describe.each(names)('%s', (name) => {
  test('is read by at least one function, from one variable, but for the time that only a schedule has', () => {
    expect(new Set(readersOf(name).map(({ variable }) => variable)).size).toBe(name === 'digestAt' ? 0 : 1);
  });

  test.each([...BAD[name], ...BAD_ANYWHERE])('%j is refused everywhere, in the same words', async (text) => {
    const [first, ...others] = await saidOf(name, text);
    expect(first).toMatch(/set it to|must be/);
    expect(others.length).toBeGreaterThanOrEqual(name === 'digestAt' ? 1 : 2);
    for (const other of others) expect(other).toBe(first);
  });

  test.each(GOOD[name].flatMap((text) => [text, ` ${text}\n`]))('%j is accepted everywhere', async (text) => {
    expect(new Set(await saidOf(name, text))).toEqual(new Set([undefined]));
  });

  // A laptop's variables come from files, where an empty value means no value.
  test.each(['', ' \n'])('functions and CDK refuse %j; the local host treats it as absent', async (text) => {
    const [app, local, ...inFunctions] = await saidOf(name, text);
    expect(local).toBeUndefined();
    expect(app).toMatch(/set it to|must be/);
    for (const said of inFunctions) expect(said).toBe(app);
  });
});
