import '../quiet.ts';
import { startDynamodbLocal } from '../dynamodb-local/engine.ts';
import { readingDetails } from './cost-details.ts';
import { calls } from './cost-handlers.ts';
import { operations } from './cost-operations.ts';
import { PRICED_ON, type Priced, prices } from './cost-prices.ts';
import { type RowSize, sizes } from './cost-sizes.ts';
import { coveredByFreeTier } from './cost-watching.ts';
import { dollars, type Measured, type Quantities, quantities } from './cost-year.ts';

const engine = await startDynamodbLocal({ heap: 1024 });
try {
  report({
    calls: await calls(engine.endpoint),
    operations: await operations(engine.endpoint),
    sizes: await sizes(engine.endpoint),
    details: await readingDetails(engine.endpoint),
  });
} finally {
  await engine.end();
}

function report(measured: Measured): void {
  print(
    'Request units of DynamoDB',
    ['', 'requests', 'read', 'write', 'of these, indexes'],
    [...measured.operations, ...measured.details.operations].map((unit) => [
      unit.what,
      ...[unit.requests, unit.read, unit.write].map(short),
      Object.entries(unit.indexes)
        .map(([name, many]) => `${name} ${short(many)}`)
        .join(', '),
    ]),
  );
  print(
    'One call of a handler',
    ['', 'processor ms', 'lines logged', 'bytes logged', 'bytes answered'],
    measured.calls.map((call) => [call.what, ...[call.cpu, call.lines, call.logged, call.answered].map(short)]),
  );
  const { event, order, eventsOfAnOrder, published } = measured.sizes;
  console.log(`An event: ${bytes(event)}.\nAn order of ${short(eventsOfAnOrder)} events: ${bytes(order)}.`);
  console.log(`On the bus: ${short(published.many)} an event, of ${short(published.bytes)} bytes.\n`);

  const year = (events: number, asked: boolean) => quantities({ events, asked }, measured);
  const [million, idle] = [year(1_000_000, true), year(0, false)];
  const price = (used: Quantities, name: Priced) => (used[name] * prices[name].dollars).toFixed(2);
  print(
    `A year with a million events, us-east-1, list prices looked up on ${PRICED_ON}`,
    ['', 'used', 'price', 'dollars', 'without any event'],
    [
      ...(Object.keys(prices) as Priced[]).map((name) => [
        prices[name].for,
        `${amount(million[name])} ${prices[name].unit}s`,
        `${prices[name].dollars}`,
        price(million, name),
        price(idle, name),
      ]),
      ['all', '', '', dollars(million).toFixed(2), dollars(idle).toFixed(2)],
    ],
  );
  const [free, freeIdle] = [million, idle].map((used) => coveredByFreeTier(used).toFixed(2));
  console.log(
    `The free tier of CloudWatch and SQS covers ${free} dollars of it, and ${freeIdle} of a year without any event.`,
  );
  for (const events of [10_000, 100_000]) {
    console.log(
      `A year with ${events.toLocaleString('en-US')} events: ${dollars(year(events, true)).toFixed(2)} dollars.`,
    );
  }
  const further = dollars(year(2_000_000, true)) - dollars(million);
  console.log(`Each further million: ${further.toFixed(2)} dollars.`);
  const kept = (million.storage * prices.storage.dollars + million.recovery * prices.recovery.dollars) * 2;
  console.log(`A million that is kept: ${kept.toFixed(2)} dollars in each year after.`);
}

function bytes({ row, entries, entriesOfARow }: RowSize): string {
  return `a row of ${short(row)} bytes, and ${short(entriesOfARow)} index entries of ${short(entries)} bytes together`;
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
