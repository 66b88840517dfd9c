import { describe, expect, test } from 'vitest';
import { constructId } from '../../infra/aws/names.ts';
import { type FunctionName, functions, schedules, streams, type TableName, tables } from '../../infra/service.ts';
import { functionNames, named, ofType, synthesized } from './synthesized.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

const { resources } = synthesized();
const list = (value: string | string[]) => (Array.isArray(value) ? value : [value]);
const allows = (actions: readonly string[], on: readonly string[]) => ({ actions, on });

/** What a role may do: each `Allow`, from its attached and inline policies. */
function permissions(roleId: string) {
  const beside = Object.values(ofType(resources, 'AWS::IAM::Policy'))
    .filter(({ Properties }) => (Properties.Roles as string[]).includes(`<${roleId}>`))
    .map(({ Properties }) => Properties);
  const inside = (named(resources, roleId).Properties.Policies ?? []) as typeof beside;
  return [...beside, ...inside]
    .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement)
    .map(({ Effect, Action, Resource }) => {
      expect(Effect).toBe('Allow');
      return allows(list(Action), list(Resource));
    });
}

function expected(name: FunctionName, id: string) {
  const { tables: used, environment } = functions[name];
  const onTables = (Object.keys(used) as TableName[]).map((table) => {
    const arn = `<${constructId(table)}.Arn>`;
    const actions = used[table] ?? [];
    const indexes = actions.includes('Query') ? Object.keys(tables[table].indexes) : [];
    return allows(
      actions.map((action) => `dynamodb:${action}`),
      [arn, ...indexes.map((index) => `${arn}/index/${index}`)],
    );
  });
  const secrets = Object.values(environment).filter((value) => 'secret' in value);
  const queues = Object.values(environment).flatMap((value) =>
    'queue' in value ? [`<${constructId(value.queue)}.Arn>`] : [],
  );
  const topics = Object.values(environment).flatMap((value) =>
    'topic' in value ? [`<${constructId(value.topic)}>`] : [],
  );
  const onSecrets = secrets.map(({ secret }) => `<${constructId(secret)}>`);
  return [
    allows(['logs:CreateLogStream', 'logs:PutLogEvents'], [`<${id}Logs.Arn>`]),
    ...onTables,
    ...(onSecrets.length > 0 ? [allows(['secretsmanager:GetSecretValue'], onSecrets)] : []),
    ...(Object.values(environment).some((value) => 'bus' in value)
      ? [allows(['events:PutEvents'], ['<Bus.Arn>'])]
      : []),
    ...(topics.length > 0 ? [allows(['sns:Publish'], topics)] : []),
    ...(queues.length > 0 ? [allows(['sqs:GetQueueAttributes'], queues)] : []),
    ...(schedules.some((schedule) => schedule.function === name)
      ? [allows(['sqs:SendMessage'], ['<DeadLetters.Arn>'])]
      : []),
    ...streams
      .filter((stream) => stream.function === name)
      .flatMap(({ table, forgottenAfterSeconds }) => [
        allows(
          ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action}`),
          [`<${constructId(table)}.StreamArn>`],
        ),
        ...(forgottenAfterSeconds === undefined ? [allows(['sqs:SendMessage'], ['<FailedBatches.Arn>'])] : []),
      ]),
  ];
}

describe.each(functionNames)('function %s', (name, id) => {
  test('has a role of its own that allows exactly the described actions', () => {
    expect(named(resources, id).Properties.Role).toBe(`<${id}Role.Arn>`);
    expect(permissions(`${id}Role`)).toEqual(expected(name, id));
  });
});

test('the webhook writes rows and can do nothing else', () => {
  expect(permissions('ReceiveWebhookRole')).toEqual([
    allows(['logs:CreateLogStream', 'logs:PutLogEvents'], ['<ReceiveWebhookLogs.Arn>']),
    allows(['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['<Events.Arn>']),
    allows(['dynamodb:UpdateItem'], ['<Control.Arn>']),
  ]);
});

test('through the API, the webhook and all others may do the same as through a URL', () => {
  const { resources: through } = synthesized({ webhookThrough: 'api' });
  for (const type of ['AWS::IAM::Role', 'AWS::IAM::Policy']) {
    expect(ofType(through, type)).toEqual(ofType(resources, type));
  }
});

test.each([
  ['<Bus.Arn>', ['sync-events', 'publish-events', 'watch-ledger']],
  ['<Alarms>', ['watch-ledger']],
  ['<Notices>', ['notify-people']],
  ['<ChatWebhooks>', ['notify-people']],
  ['<TelnyxApiKey>', ['sync-events', 'republish-event', 'run-jobs', 'query-deliveries']],
  ['<ApiTokens>', ['query-events', 'republish-event', 'start-jobs', 'query-deliveries']],
])('%s may be used by %j only', (secret, readers) => {
  const found = functionNames.filter(([, id]) => permissions(`${id}Role`).some(({ on }) => on.includes(secret)));
  expect(found.map(([name]) => name)).toEqual(readers);
});

test('the scheduler invokes the scheduled functions and keeps what fails', () => {
  expect(permissions('SchedulerRole')).toEqual([
    allows(
      ['lambda:InvokeFunction'],
      ['<SyncEvents.Arn>', '<PublishEvents.Arn>', '<RunJobs.Arn>', '<WatchLedger.Arn>', '<NotifyPeople.Arn>'],
    ),
    allows(['sqs:SendMessage'], ['<DeadLetters.Arn>']),
  ]);
  expect(named(resources, 'SchedulerRole').Properties.AssumeRolePolicyDocument).toMatchObject({
    Statement: [
      {
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': '<AWS::AccountId>',
            'aws:SourceArn': 'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/default',
          },
        },
      },
    ],
  });
});

describe('the roles', () => {
  const roles = Object.keys(ofType(resources, 'AWS::IAM::Role'));

  test('are those of the functions and the scheduler, and no others', () => {
    expect(roles.sort()).toEqual([...functionNames.map(([, id]) => `${id}Role`), 'SchedulerRole'].sort());
  });

  test.each(roles)('may not act on everything, do everything or scan: %s', (role) => {
    for (const { actions, on } of permissions(role)) {
      expect([...actions, ...on].filter((text) => text.includes('*'))).toEqual([]);
      expect(actions.filter((action) => /Scan|PartiQL|BatchWrite/.test(action))).toEqual([]);
    }
  });

  test.each(roles)("have none of AWS's ready-made policies: %s", (role) => {
    expect(named(resources, role).Properties).not.toHaveProperty('ManagedPolicyArns');
  });
});
