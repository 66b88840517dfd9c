import {
  EventBridgeClient,
  ListEventBusesCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { type Bus, type BusFault, type BusFaults, startBus } from '../../infra/local/bus.ts';
import type { BusEvent } from '../../infra/local/put-events.ts';
import { eventually } from '../eventually.ts';

interface Opened {
  readonly bus: Bus;
  readonly client: EventBridgeClient;
  readonly seen: readonly BusEvent[];
  put(...entries: PutEventsRequestEntry[]): Promise<{ failed: number | undefined; results: (string | undefined)[] }>;
  /** Ends the requests that wait for an answer. */
  readonly giveUp: () => void;
}

async function openBus(faults: BusFaults = {}, maxAttempts = 1): Promise<Opened> {
  const seen: BusEvent[] = [];
  const bus = await startBus({ name: 'the-bus', onEvent: (event) => seen.push(event), faults });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new EventBridgeClient({ endpoint: bus.endpoint, region: 'us-east-1', credentials, maxAttempts });
  onTestFinished(async () => {
    client.destroy();
    await bus.close();
  });
  let waiting = new AbortController();
  async function put(...Entries: PutEventsRequestEntry[]) {
    const answer = await client.send(new PutEventsCommand({ Entries }), { abortSignal: waiting.signal });
    const results = answer.Entries?.map(({ EventId, ErrorCode }) => (EventId ? 'taken' : ErrorCode)) ?? [];
    return { failed: answer.FailedEntryCount, results };
  }
  function giveUp(): void {
    waiting.abort();
    waiting = new AbortController();
  }
  return { bus, client, seen, put, giveUp };
}

const entry = (changes: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: 'the-bus',
  Source: 'port-in-ledger',
  DetailType: 'porting_order.split',
  Detail: '{"id":"e1","revision":1,"text":"ä😀"}',
  ...changes,
});

/** An entry whose size counts as this many bytes. */
function entryOf(bytes: number): PutEventsRequestEntry {
  const empty = entry({ Detail: '{"x":""}' });
  const fixed = `${empty.Source}${empty.DetailType}${empty.Detail}`.length;
  return { ...empty, Detail: `{"x":"${'x'.repeat(bytes - fixed)}"}` };
}

const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{"b":"[[{"}${'}'.repeat(levels - 1)}`;

describe('bus endpoint, through the official SDK', () => {
  it('takes events, and keeps them as EventBridge delivers them', async () => {
    const { bus, client, seen } = await openBus();
    const Time = new Date('2026-11-23T09:18:14.600Z');
    const Entries = [entry({ Time, Resources: ['arn:one'] }), entry({ DetailType: 'sync.failed', Detail: '{}' })];
    const before = Date.now() - 1000;
    const { FailedEntryCount, Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
    expect(FailedEntryCount).toBe(0);
    const [first, second] = results;
    expect(seen).toEqual([
      {
        version: '0',
        id: first?.EventId,
        'detail-type': 'porting_order.split',
        source: 'port-in-ledger',
        account: '000000000000',
        time: '2026-11-23T09:18:14Z',
        region: 'us-east-1',
        resources: ['arn:one'],
        detail: { id: 'e1', revision: 1, text: 'ä😀' },
      },
      expect.objectContaining({ id: second?.EventId, 'detail-type': 'sync.failed', resources: [], detail: {} }),
    ]);
    expect(first?.EventId).not.toBe(second?.EventId);
    expect(Date.parse(seen[1]?.time ?? '')).toBeGreaterThan(before);
    expect(bus.events()).toEqual([...seen].reverse());
  });

  test.for<[string, PutEventsRequestEntry, string]>([
    ['no source', entry({ Source: undefined }), 'InvalidArgument'],
    ['an empty detail type', entry({ DetailType: '' }), 'InvalidArgument'],
    ['a detail type of 129 characters', entry({ DetailType: 'x'.repeat(129) }), 'InvalidArgument'],
    ['no detail', entry({ Detail: undefined }), 'InvalidArgument'],
    ['a detail that is not JSON', entry({ Detail: '{"id":' }), 'MalformedDetail'],
    ['a detail that is a list', entry({ Detail: '[]' }), 'MalformedDetail'],
    ['a detail that is null', entry({ Detail: 'null' }), 'MalformedDetail'],
    ['a detail 1,001 levels deep', entry({ Detail: nested(1001) }), 'MalformedDetail'],
  ])('fails an entry with %s alone', async ([, bad, code]) => {
    const { seen, put } = await openBus();
    expect(await put(entry(), bad, entry())).toEqual({ failed: 1, results: ['taken', code, 'taken'] });
    expect(seen).toHaveLength(2);
  });

  it('takes 1,000 levels, and does not count brackets in texts', async () => {
    const { put } = await openBus();
    const Detail = `{"a":"${'['.repeat(2000)}\\"${'{'.repeat(2000)}"}`;
    expect(await put(entry({ Detail: nested(1000) }), entry({ Detail }))).toMatchObject({ failed: 0 });
  });

  it('takes up to 10 entries and 256 KB in all, and refuses a larger request as a whole', async () => {
    const { seen, put } = await openBus();
    const half = 128 * 1024;
    expect(await put(entryOf(half), entryOf(half))).toMatchObject({ failed: 0 });
    await expect(put(entryOf(half), entryOf(half + 1))).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put({ ...entryOf(2 * half), Time: new Date() })).rejects.toThrow('over the limit');
    expect(await put(...Array.from({ length: 10 }, () => entry()))).toMatchObject({ failed: 0 });
    await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toThrow('less than or equal to 10');
    await expect(put()).rejects.toThrow('greater than or equal to 1');
    expect(seen).toHaveLength(12);
  });

  it('has one bus, and no other operation', async () => {
    const { client, seen, put } = await openBus();
    const denied = { name: 'AccessDeniedException' };
    await expect(put(entry(), entry({ EventBusName: 'another' }))).rejects.toMatchObject(denied);
    await expect(put(entry({ EventBusName: undefined }))).rejects.toMatchObject(denied);
    await expect(client.send(new ListEventBusesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
    expect(seen).toEqual([]);
  });

  it('keeps the last 1,000', async () => {
    const { bus, put } = await openBus();
    for (let batch = 0; batch < 101; batch += 1) {
      await put(...Array.from({ length: 10 }, (_, one) => entry({ Detail: JSON.stringify({ n: batch * 10 + one }) })));
    }
    const numbers = bus.events().map(({ detail }) => detail.n);
    expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([1000, 1009, 10]);
  });

  it('survives malformed requests', async () => {
    const { bus, put } = await openBus();
    for (const body of ['', '{', '[]', '{"Entries":{}}', '{"Entries":[null]}']) {
      const headers = { 'x-amz-target': 'AWSEvents.PutEvents' };
      expect((await fetch(bus.endpoint, { method: 'POST', headers, body })).status).toBe(400);
    }
    expect(await put(entry())).toMatchObject({ failed: 0 });
  });
});

describe('a bus that fails', () => {
  it('fails the chosen entries', async () => {
    const { seen, put } = await openBus({ entry: (_, index) => (index % 2 ? 'ThrottlingException' : undefined) });
    expect(await put(entry(), entry(), entry())).toEqual({
      failed: 1,
      results: ['taken', 'ThrottlingException', 'taken'],
    });
    expect(seen).toHaveLength(2);
  });

  test.for<[BusFault, number]>([
    [{ refuse: 500, type: 'InternalException' }, 0],
    [{ refuse: 400, type: 'ThrottlingException' }, 0],
    ['do it, lose the answer', 1],
  ])('fails a whole request: %j', async ([fault, arrived]) => {
    const faults: BusFault[] = [fault];
    const { seen, put } = await openBus({ request: () => faults.pop() });
    await expect(put(entry())).rejects.toThrow();
    expect(await put(entry())).toEqual({ failed: 0, results: ['taken'] });
    expect(seen).toHaveLength(arrived + 1);
  });

  test.for<[BusFault, number]>([
    ['hang', 0],
    ['do it, never answer', 1],
  ])('leaves a whole request without an answer: %j', async ([fault, arrived]) => {
    const faults: BusFault[] = [fault];
    const { seen, put, giveUp } = await openBus({ request: () => faults.pop() });
    const ended = vi.fn();
    const asked = put(entry()).finally(ended);
    asked.catch(() => {});
    await eventually(() => expect(faults).toEqual([]));
    expect(await put(entry())).toEqual({ failed: 0, results: ['taken'] });
    expect(seen).toHaveLength(arrived + 1);
    expect(ended).not.toHaveBeenCalled();
    giveUp();
    await expect(asked).rejects.toThrow();
  });

  it('is called again by the SDK, which doubles the events', async () => {
    const faults: BusFault[] = ['do it, lose the answer', { refuse: 500, type: 'InternalException' }];
    const { seen, put } = await openBus({ request: () => faults.pop() }, 3);
    expect(await put(entry())).toEqual({ failed: 0, results: ['taken'] });
    expect(seen).toHaveLength(2);
  });
});
