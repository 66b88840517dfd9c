/** What CloudFormation knows of an index or a table that it cannot change in place. */
interface IndexSchema {
  /** Attributes and their types, such as `["record_type S", "created_at_id S"]`: partition key, then sort key. */
  readonly key: readonly string[];
  /** `KEYS_ONLY`, `ALL`, or the attributes besides the keys. */
  readonly projection: string | readonly string[];
}

interface TableSchema {
  readonly key: readonly string[];
  readonly stream?: string;
  readonly timeToLive?: string;
  readonly indexes: Readonly<Record<string, IndexSchema>>;
}

/** The tables of a template, by logical id. */
export type Schema = Readonly<Record<string, TableSchema>>;

interface Properties {
  readonly KeySchema: readonly { AttributeName: string; KeyType: string }[];
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  readonly StreamSpecification?: { StreamViewType: string };
  readonly TimeToLiveSpecification?: { AttributeName: string };
  readonly GlobalSecondaryIndexes?: readonly {
    IndexName: string;
    KeySchema: Properties['KeySchema'];
    Projection: { ProjectionType: string; NonKeyAttributes?: readonly string[] };
  }[];
}

/** The schema of the tables among a template's resources. */
export function schemaOf(resources: Readonly<Record<string, { Type: string; Properties?: unknown }>>): Schema {
  const tables = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table');
  return Object.fromEntries(tables.map(([id, table]) => [id, tableSchema(table.Properties as Properties)]));
}

function tableSchema(table: Properties): TableSchema {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] } = table;
  const typeOf = new Map(
    AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  const keyOf = (schema: Properties['KeySchema']) =>
    [...schema]
      .sort((one, other) => one.KeyType.localeCompare(other.KeyType))
      .map(({ AttributeName }) => `${AttributeName} ${typeOf.get(AttributeName)}`);
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema: key, Projection }) => {
    const { ProjectionType, NonKeyAttributes = [] } = Projection;
    // Their order means nothing to DynamoDB.
    const projection = ProjectionType === 'INCLUDE' ? [...NonKeyAttributes].sort() : ProjectionType;
    return [IndexName, { key: keyOf(key), projection }] as const;
  });
  return {
    key: keyOf(KeySchema),
    ...(table.StreamSpecification && { stream: table.StreamSpecification.StreamViewType }),
    ...(table.TimeToLiveSpecification && { timeToLive: table.TimeToLiveSpecification.AttributeName }),
    indexes: Object.fromEntries(indexes),
  };
}

/** Says of each change that CloudFormation refuses, or that costs a table its rows, what to do instead. */
export function refusedChanges(before: Schema, now: Schema): string[] {
  const inTables = Object.entries(before).flatMap(([name, was]) => {
    const is = now[name];
    return is
      ? tableProblems(name, was, is)
      : [`${name} is gone: a table is never removed, since it holds the ledger.`];
  });
  const changes = Object.entries(before).flatMap(([name, was]) => indexChanges(name, was, now[name]));
  if (changes.length <= 1) return inTables;
  return [
    ...inTables,
    `${changes.join(', ')}. One release may create or delete one index, because an update of a table may. \
Keep the first of these changes, release it, and make the next one in the release after it.`,
  ];
}

function tableProblems(name: string, was: TableSchema, is: TableSchema): string[] {
  const problems: string[] = [];
  if (!same(was.key, is.key)) {
    problems.push(
      `The key of ${name} was ${was.key} and is ${is.key}: CloudFormation would replace the table by an empty one. \
Put the key back; for another key, add an index or a table.`,
    );
  }
  // A stream may be added. Another view type, or none, takes the ARN away that the service stack imports.
  if (was.stream !== undefined && was.stream !== is.stream) {
    problems.push(
      `The stream of ${name} was ${was.stream} and is ${is.stream ?? 'off'}: its ARN would change, and the service \
stack imports it. Put it back.`,
    );
  }
  if (was.timeToLive !== undefined && is.timeToLive !== undefined && was.timeToLive !== is.timeToLive) {
    problems.push(
      `The time to live of ${name} was in ${was.timeToLive} and is in ${is.timeToLive}: DynamoDB refuses that. \
Write the time into ${was.timeToLive}, or turn it off in one release and on again in the next.`,
    );
  }
  for (const [index, wasIndex] of Object.entries(was.indexes)) {
    const isIndex = is.indexes[index];
    if (!isIndex || same(wasIndex, isIndex)) continue;
    problems.push(
      `The index ${index} of ${name} was ${shown(wasIndex)} and is ${shown(isIndex)}: CloudFormation refuses that. \
Give the changed index a new name, let the code use it, and delete ${index} in the release after that.`,
    );
  }
  return problems;
}

function indexChanges(name: string, was: TableSchema, is: TableSchema | undefined): string[] {
  if (!is) return [];
  const created = Object.keys(is.indexes).filter((index) => !(index in was.indexes));
  const deleted = Object.keys(was.indexes).filter((index) => !(index in is.indexes));
  return [
    ...created.map((index) => `${name} gets the index ${index}`),
    ...deleted.map((index) => `${name} loses the index ${index}`),
  ];
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
const shown = ({ key, projection }: IndexSchema) => `${key.join('+')} with ${[projection].flat().join(', ')}`;
