import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openAccount } from '../telnyx/account.ts';
import { battery, NOW } from './battery.ts';
import { type Arrival, ourVerdict, sdkVerdict, sent, type Verdict } from './verifiers.ts';

/** The differences that docs/security.md documents: what arrives, the SDK's verdict, ours, and why. */
const HEADING = "## Where Telnyx's SDK judges otherwise";

interface Difference {
  readonly sdk: Verdict;
  readonly here: Verdict;
  readonly why: string;
}

function documented(): ReadonlyMap<string, Difference> {
  const [, section = ''] = readFileSync('docs/security.md', 'utf8').split(`${HEADING}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(
    cells.slice(1).map(([name = '', sdk, here, why = '']) => [name, { sdk, here, why } as Difference] as const),
  );
}

const differences = documented();

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});

afterAll(() => {
  vi.useRealTimers();
});

describe("the SDK's verifier and ours: one verdict, or a difference that docs/security.md explains", () => {
  test.each(Object.entries(battery))('%s', async (name, arrival) => {
    const verdicts = { sdk: await sdkVerdict(arrival), here: ourVerdict(arrival) };
    const { sdk, here } = differences.get(name) ?? { sdk: verdicts.here, here: verdicts.here };
    expect(verdicts).toEqual({ sdk, here });
  });

  test('every documented difference is real, is in the battery, and has a reason', () => {
    expect(differences.size).toBeGreaterThan(5);
    for (const [name, { sdk, here, why }] of differences) {
      expect(battery).toHaveProperty([name]);
      expect([sdk, here].toSorted()).toEqual(['accepts', 'refuses']);
      expect(why.length).toBeGreaterThan(20);
    }
  });

  test('the battery has webhooks that must be accepted and webhooks that must be refused', () => {
    const verdicts = Object.values(battery).map(ourVerdict);
    expect(verdicts.filter((verdict) => verdict === 'accepts').length).toBeGreaterThan(10);
    expect(verdicts.filter((verdict) => verdict === 'refuses').length).toBeGreaterThan(40);
  });
});

const account = openAccount();
const second = Math.floor(NOW / 1000);

/** Why the two may differ about any webhook whatsoever, under the name that docs/security.md gives it. */
const reasons: readonly [name: string, applies: (arrival: Arrival) => boolean][] = [
  ['a timestamp with leading zeros', ({ timestamp = '' }) => /^0\d/.test(timestamp)],
  [
    'a signature in base64 with stray bits',
    ({ signature = '' }) => Buffer.from(signature, 'base64').toString('base64') !== signature,
  ],
  [
    'a signed body that is not UTF-8',
    ({ body }) => Buffer.compare(Buffer.from(Buffer.from(body).toString()), body) !== 0,
  ],
];

/** A webhook of the account, perhaps changed before or after it was signed. */
const arrivals: fc.Arbitrary<Arrival> = fc
  .record({
    seconds: fc.oneof(fc.integer({ min: -299, max: 299 }), fc.constantFrom(-301, -300, 300, 301)),
    spelling: fc.constantFrom('', '0', '+', ' ', '-', '٠'),
    body: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.json().map(Buffer.from)),
    change: fc.constantFrom('nothing', 'signature', 'timestamp', 'body'),
    at: fc.nat(90),
    put: fc.string({ unit: 'binary-ascii', maxLength: 2 }),
  })
  .map(({ seconds, spelling, body, change, at, put }) => {
    const arrival = sent(account, `${spelling}${second + seconds}`, body);
    const changed = (text: string) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % 90) + 1);
    if (change === 'signature') return { ...arrival, signature: changed(arrival.signature ?? '') };
    if (change === 'timestamp') return { ...arrival, timestamp: changed(arrival.timestamp ?? '') };
    if (change === 'body') return { ...arrival, body: Buffer.from(changed(Buffer.from(body).toString())) };
    return arrival;
  });

test('whatever arrives, the two differ for no other reason', async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(arrivals, async (arrival) => {
      if ((await sdkVerdict(arrival)) === ourVerdict(arrival)) return;
      const reason = reasons.find(([, applies]) => applies(arrival))?.[0] ?? 'a new one';
      expect([...differences.keys()]).toContain(reason);
      met.add(reason);
    }),
    { numRuns: 2_000, seed: 20261123 },
  );
  expect(met.size).toBeGreaterThan(1);
});
