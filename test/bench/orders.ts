import { startDynamodbLocal } from '../dynamodb-local/engine.ts';
import { report } from './budget.ts';
import { orderLists } from './order-lists.ts';

/** `npm run bench:orders`: its argument is the number of orders in a year, 100,000 if omitted. */
const engine = await startDynamodbLocal({ heap: 1536 });
try {
  const measured = await orderLists(engine.endpoint, Number(process.argv[2] ?? 100_000));
  process.exitCode = measured.map(report).every(Boolean) ? 0 : 1;
} finally {
  await engine.end();
}
