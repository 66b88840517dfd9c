import '../quiet.ts';
import { startDynamodbLocal } from '../dynamodb-local/engine.ts';
import { calls } from './cost-handlers.ts';
import { operations, rowSize } from './cost-operations.ts';
import { PRICED_ON, type Priced, prices } from './cost-prices.ts';
import { dollars, quantities } from './cost-year.ts';

const engine = await startDynamodbLocal({ heap: 1024 });
try {
  const called = await calls(engine.endpoint);
  const units = await operations(engine.endpoint);
  const size = await rowSize(engine.endpoint);
  print(
    'Request units of DynamoDB',
    ['', 'requests', 'read', 'write', 'of which indexes'],
    units.map((unit) => [
      unit.what,
      ...[unit.requests, unit.read, unit.write].map(short),
      Object.entries(unit.indexes)
        .map(([name, many]) => `${name} ${short(many)}`)
        .join(', '),
    ]),
  );
  print(
    'One call of a handler',
    ['', 'processor ms', 'bytes logged', 'bytes answered'],
    called.map((call) => [call.what, ...[call.cpu, call.logged, call.answered].map(short)]),
  );
  console.log(`An event's row has ${short(size.row)} bytes, its three index entries ${short(size.entries)}.\n`);

  const [million, none] = [quantities(1_000_000, units, called, size), quantities(0, units, called, size)];
  print(
    `A year with a million events, us-east-1, list prices looked up on ${PRICED_ON}`,
    ['', 'used', 'price', 'dollars', 'without any event'],
    [
      ...(Object.keys(prices) as Priced[]).map((name) => [
        prices[name].for,
        `${amount(million[name])} ${prices[name].unit}s`,
        `${prices[name].dollars}`,
        (million[name] * prices[name].dollars).toFixed(2),
        (none[name] * prices[name].dollars).toFixed(2),
      ]),
      ['all', '', '', dollars(million).toFixed(2), dollars(none).toFixed(2)],
    ],
  );
} finally {
  await engine.end();
}

function short(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}

function amount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}

/** A table in Markdown, as docs/cost.md has it. */
function print(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`${title}:\n`);
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
  console.log('');
}
