import { describe, expect, test } from 'vitest';
import { lastRelease, losses, type Released, thisRelease } from './released.ts';
import { refusedChanges, type Schema } from './schema.ts';

const released = lastRelease();
const now = thisRelease();

describe('an update from the last release', () => {
  test('keeps each table, secret, bus, address, topic and queue, and every export of the data stack', () => {
    const types = new Set(
      Object.values(released.resources).flatMap((kept) => Object.values(kept).map((one) => one.type)),
    );
    expect(types.size).toBe(8);
    expect(Object.keys(released.resources)).toHaveLength(3);
    expect(released.exports.length).toBeGreaterThan(8);
    expect(losses(released, now)).toEqual([]);
  });

  test('changes the tables only in ways that CloudFormation accepts', () => {
    expect(Object.keys(released.tables)).toHaveLength(3);
    expect(refusedChanges(released.tables, now.tables)).toEqual([]);
  });
});

describe('a loss is noticed', () => {
  const changed = (change: (copy: { -readonly [Part in keyof Released]: Released[Part] }) => void) => {
    const copy = structuredClone(now);
    change(copy);
    return losses(now, copy);
  };

  test('of a resource under its id, which CloudFormation would replace', () => {
    const [id = ''] = Object.keys(now.resources['PortInLedger-Data'] ?? {}).filter((one) => one.startsWith('Events'));
    const found = changed((copy) => {
      const { [id]: moved, ...others } = copy.resources['PortInLedger-Data'] ?? {};
      copy.resources = { ...copy.resources, 'PortInLedger-Data': { ...others, ...(moved && { Moved: moved }) } };
    });
    expect(found).toEqual([expect.stringMatching(`^PortInLedger-Data: ${id} \\(AWS::DynamoDB::Table\\) is gone`)]);
  });

  test('of the name of the bus, which others have in their rules', () => {
    const found = changed((copy) => {
      const text = JSON.stringify(copy.resources).replace(/"PortInLedgerDataBus\w+"/, '"Other"');
      copy.resources = JSON.parse(text);
    });
    expect(found).toEqual([expect.stringContaining('is now AWS::Events::EventBus Other')]);
  });

  test('of an export that a deployed service stack imports', () => {
    const found = changed((copy) => {
      copy.exports = copy.exports.slice(1);
    });
    expect(found).toEqual([expect.stringMatching(/^The export PortInLedger-Data:\S+ is gone.* exportValue\.$/)]);
  });
});

describe('of the tables', () => {
  const index = { key: ['status S', 'id S'], projection: ['a', 'b'] };
  const table = { key: ['id S'], stream: 'NEW_IMAGE', timeToLive: 'expires_at', indexes: { by_status: index } };
  const before: Schema = { Orders: table };
  const refused = (changed: Partial<Schema[string]>) => refusedChanges(before, { Orders: { ...table, ...changed } });

  test.each<[string, Partial<Schema[string]>, RegExp]>([
    [
      'another key',
      { key: ['id S', 'at S'] },
      /^The key of Orders was id S and is id S,at S: .* add an index or a table/,
    ],
    ['another type of a key', { key: ['id N'] }, /^The key of Orders/],
    ['another view of the stream', { stream: 'KEYS_ONLY' }, /^The stream of Orders was NEW_IMAGE and is KEYS_ONLY/],
    ['another time to live', { timeToLive: 'until' }, /^The time to live of Orders .* turn it off in one release/],
    [
      'another projection',
      { indexes: { by_status: { ...index, projection: ['a'] } } },
      /^The index by_status of Orders was status S\+id S with a, b and is status S\+id S with a: .* a new name/,
    ],
    ['another key of an index', { indexes: { by_status: { ...index, key: ['status S'] } } }, /^The index by_status/],
    [
      'two changes of indexes',
      { indexes: { by_state: index } },
      /^Orders gets the index by_state, Orders loses the index by_status\. One release may/,
    ],
  ])('%s is refused, with what to do instead', (_, changed, said) => {
    expect(refused(changed)).toEqual([expect.stringMatching(said)]);
  });

  test('the end of a stream, or of a table, is refused', () => {
    const { stream: _, ...silent } = table;
    expect(refusedChanges(before, { Orders: silent })).toEqual([expect.stringMatching(/is off: its ARN would change/)]);
    expect(refusedChanges(before, {})).toEqual([expect.stringMatching(/^Orders is gone: a table is never removed/)]);
  });

  test('indexes of two tables may not change in one release either', () => {
    const { indexes: _, ...bare } = table;
    const both: Schema = { Orders: table, Events: table };
    const said = refusedChanges(both, { Orders: { ...bare, indexes: {} }, Events: { ...bare, indexes: {} } });
    expect(said).toEqual([
      expect.stringMatching(/^Orders loses the index by_status, Events loses the index by_status\./),
    ]);
  });

  test('one new index, one less, and a new table are fine', () => {
    expect(refused({ indexes: { by_status: index, by_date: index } })).toEqual([]);
    expect(refused({ indexes: {} })).toEqual([]);
    expect(refusedChanges(before, { ...before, Numbers: { ...table, indexes: { one: index, two: index } } })).toEqual(
      [],
    );
  });
});
