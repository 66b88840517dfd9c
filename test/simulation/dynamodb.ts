import type { Row } from '../../functions/ledger/table/values.ts';
import { type FunctionName, functions, type TableAction, type TableName } from '../../infra/service.ts';
import { type Answer, type Engine, tableOf } from './engine.ts';
import type { Part, Plan } from './plan.ts';
import type { Process } from './processes.ts';
import { type Fault, send } from './requests.ts';
import type { Timeline } from './timeline.ts';

/** The parts of a request's input that the simulation looks at. */
export interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: Row;
  readonly Item?: Row;
  readonly Limit?: number;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues?: Row;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Row[] }>>;
}

/** The value that an update assigns to an attribute, `if_not_exists` included; `undefined` when it does not set it. */
export function assignedTo({ UpdateExpression = '', ExpressionAttributeValues = {} }: Input, attribute: string) {
  const assignment = new RegExp(`#?\\b${attribute} = (?:if_not_exists\\(#?\\w+, )?(:\\w+)`).exec(UpdateExpression);
  return assignment && ExpressionAttributeValues[assignment[1] as string];
}

/** A write that took effect. */
export interface Write {
  readonly process: Process;
  readonly table: string;
  /** The value of the table's last key attribute. */
  readonly id: string;
  readonly input: Input;
}

interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly isOut: (part: Part) => boolean;
  readonly trace: (process: Process, text: string) => void;
  readonly onWrite: (write: Write) => void | Promise<void>;
  /** Told of a request that infra/service.ts does not grant to the function: on AWS it would fail. */
  readonly onForbidden: (what: string) => void;
  /** Changes a request on its way: this is how a test breaks the functions. */
  readonly tamper: ((process: Process, operation: string, input: Input) => Input) | undefined;
}

const ATTEMPTS = 3;
const WRITES = ['UpdateItem', 'PutItem', 'DeleteItem'];

/** Carries the requests of simulated processes to the engine. */
export function openDynamoDb(world: World, engine: Engine) {
  const { plan, timeline, isOut, trace, onWrite, onForbidden, tamper } = world;

  function faultFor({ random, name }: Process): Fault | undefined {
    if (isOut('ledger')) return random.chance(0.1) ? 'never answered' : { refused: 'InternalServerError' };
    if (timeline.now() >= plan.calm || name.startsWith('reader')) return undefined;
    if (random.chance(plan.dynamoDb.refused)) return { refused: 'ProvisionedThroughputExceededException' };
    if (random.chance(plan.dynamoDb.lost)) return random.pick(['answer lost', 'never answered'] as const);
    return random.chance(plan.dynamoDb.late) ? 'arrives late' : undefined;
  }

  async function act(process: Process, operation: string, input: Input): Promise<Answer> {
    if (operation === 'BatchGetItem') return batch(process, input);
    const limited = operation === 'Query' && plan.queryLimit !== undefined;
    const bounded = limited ? { ...input, Limit: Math.min(plan.queryLimit ?? 1, input.Limit ?? 1_000) } : input;
    const answer = await engine.execute(operation, bounded);
    if (WRITES.includes(operation))
      await onWrite({ process, table: tableOf(input.TableName ?? ''), id: idOf(input), input });
    return answer;
  }

  /** DynamoDB may return some keys as unprocessed. */
  async function batch({ random }: Process, input: Input): Promise<Answer> {
    const [[table, asked] = ['', { Keys: [] }]] = Object.entries(input.RequestItems ?? {});
    const left =
      timeline.now() < plan.calm && random.chance(plan.dynamoDb.partial) ? random.integer(1, asked.Keys.length) : 0;
    const Keys = asked.Keys.slice(left);
    const unread = { [table]: { Keys: asked.Keys.slice(0, left) } };
    const { Responses = {} } =
      Keys.length > 0 ? await engine.execute('BatchGetItem', { RequestItems: { [table]: { ...asked, Keys } } }) : {};
    // Rows come in no order. Dynalite shuffles them too, so sort first and let the seed decide.
    const rows = Map.groupBy(Responses[table] ?? [], ({ id }) => id?.S ?? '');
    const ranked = [...rows.keys()].sort().map((id) => ({ id, rank: random.next() }));
    const shuffled = ranked.sort((a, b) => a.rank - b.rank).flatMap(({ id }) => rows.get(id) ?? []);
    return { Responses: { [table]: shuffled }, UnprocessedKeys: left > 0 ? unread : {} };
  }

  return (process: Process, operation: string, given: object, signal?: AbortSignal): Promise<Answer> => {
    const input = tamper?.(process, operation, given) ?? (given as Input);
    if (!isGranted(process, operation, input)) onForbidden(`${process.name}: ${operation} ${labelOf(input)}`);
    return send({
      process,
      label: `${operation} ${labelOf(input)}`,
      attempts: ATTEMPTS,
      signal,
      trace,
      fault: () => faultFor(process),
      act: () => act(process, operation, input),
    });
  };
}

/** `publish-events (sweep)` is a process of the function publish-events; the oracle's readers may read everything. */
function isGranted({ name }: Process, operation: string, { TableName, RequestItems = {} }: Input): boolean {
  const granted = functions[name.split(/[ #]/)[0] as FunctionName]?.tables;
  const used = TableName === undefined ? Object.keys(RequestItems) : [TableName];
  const isAllowed = (table: string) => granted?.[tableOf(table) as TableName]?.includes(operation as TableAction);
  return granted === undefined || used.every(isAllowed);
}

function idOf({ Key, Item }: Input): string {
  return (Key ?? Item)?.id?.S ?? '';
}

function labelOf(input: Input): string {
  const keys = Object.values(input.RequestItems ?? {}).flatMap(({ Keys }) => Keys.map(({ id }) => id?.S?.slice(0, 8)));
  const kind = (input.Key ?? input.Item)?.kind?.S;
  return [tableOf(input.TableName ?? ''), input.IndexName, kind, idOf(input), keys.join(' ')].filter(Boolean).join(' ');
}
