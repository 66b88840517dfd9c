import { BatchWriteItemCommand, type UpdateItemCommandInput, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Store } from '../../functions/ledger/table/store.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { factsOf } from '../../functions/porting/event.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { lives } from '../lives.ts';
import { recordListing } from '../porting-events.ts';

const DAY = 24 * 3_600_000;
/** An order of the simulated account has 10.6 events, and lives for up to four weeks. */
const EVENTS_AN_ORDER = 10;
const LONGEST_LIFE = 40;
/** Orders are made for this many days at once: a whole year of a large account would take some GB. */
const MADE_AT_ONCE = 20;
/** DynamoDB's limit for one BatchWriteItem. */
const BATCH = 25;
const WRITERS = 8;

/** An account: the number of events that it has had until `now` (milliseconds since 1970), and over how many days. */
export interface Account {
  readonly events: number;
  readonly days: number;
  readonly now: number;
}

/** The account's events: exactly this many, in no order, as dense in the first days as in the last. */
export function* eventsOf(account: Account): Generator<PortingEvent> {
  let made = 0;
  for (const _ of livedBy(account)) made += 1;
  if (made < account.events) throw new Error(`The account has had ${made} events, not ${account.events}.`);
  let seen = 0;
  let kept = 0;
  for (const event of livedBy(account)) {
    seen += 1;
    if (Math.floor((seen * account.events) / made) === kept) continue;
    kept += 1;
    yield event;
  }
}

/** Some percent more events than the account has. */
function* livedBy({ events, days, now }: Account): Generator<PortingEvent> {
  const begin = now - days * DAY;
  const orders = Math.ceil((events / days / EVENTS_AN_ORDER) * MADE_AT_ONCE);
  for (let until = now; until > begin - LONGEST_LIFE * DAY; until -= MADE_AT_ONCE * DAY) {
    const from = until - MADE_AT_ONCE * DAY;
    for (const { event, visibleAt } of lives({ seed: from / DAY, from, orders, days: MADE_AT_ONCE })) {
      if (visibleAt >= begin && visibleAt <= now) yield event;
    }
  }
}

/**
 * Attributes that the stream's function removes once the event is published; those of the wait for a webhook expire.
 */
const DONE = ['unpublished', 'unpublished_since', 'awaiting_webhook', 'awaiting_since'];

/** The row that the sync writes for an event that is new to it, taken from its own request and then published. */
async function rowOf(event: PortingEvent, now: number): Promise<Row> {
  const facts = factsOf(event, new Date(now).toISOString());
  if (!facts) throw new Error('The simulator made a record that is no event.');
  let request: UpdateItemCommandInput | undefined;
  const send = async (command: { input: UpdateItemCommandInput }) => {
    request = command.input;
    return {};
  };
  const client = { send } as unknown as Store['client'];
  await recordListing({ client, events: '', control: '' }, { facts, record: event }, now);
  const { Key, UpdateExpression = '', ExpressionAttributeValues = {} } = request ?? {};
  const row: Row = { ...Key };
  for (const [, name = '', value = ''] of UpdateExpression.matchAll(/#?(\w+) = (?:if_not_exists\(#?\w+, )?(:\w+)/g)) {
    const attribute = ExpressionAttributeValues[value];
    if (attribute && !DONE.includes(name)) row[name] = attribute;
  }
  const revision = { N: '1' };
  const at = { S: new Date(now).toISOString() };
  return { ...row, revision, news_revision: revision, published_revision: revision, published_at: at };
}

/** Writes an account's events straight into the table. Their days are not counted. */
export async function seed(store: Store, account: Account): Promise<void> {
  const batches = batchesOf(eventsOf(account));
  async function write(): Promise<void> {
    for (const events of batches) {
      const rows = await Promise.all(events.map((event) => rowOf(event, account.now)));
      const requests = rows.map((Item): WriteRequest => ({ PutRequest: { Item } }));
      await store.client.send(new BatchWriteItemCommand({ RequestItems: { [store.events]: requests } }));
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write));
}

function* batchesOf<Item>(items: Iterable<Item>): Generator<readonly Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
