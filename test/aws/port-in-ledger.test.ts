import { readFileSync } from 'node:fs';
import { NestedStack, Stack, type StackProps, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { PortInLedger } from '../../infra/aws/port-in-ledger.ts';
import type { PortInLedgerProps } from '../../infra/aws/props.ts';
import { readProps } from '../../infra/aws/settings.ts';
import { functions } from '../../infra/service.ts';
import { newApp, samplePublicKey, synthesized } from './synthesized.ts';

const newStack = (props: StackProps = {}) => new Stack(newApp(), 'Host', props);
const add = (stack: Stack, id: string, props: Partial<PortInLedgerProps> = {}) =>
  new PortInLedger(stack, id, { telnyxPublicKey: samplePublicKey, ...props });

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown> }>;
const resourcesOf = (stack: Stack): Resources => Template.fromStack(stack).toJSON().Resources;

/** How many resources there are of each type. */
function counted(...all: readonly Resources[]): Record<string, number> {
  const types = all.flatMap((resources) => Object.values(resources).map(({ Type }) => Type));
  return Object.fromEntries(
    [...new Set(types)].sort().map((type) => [type, types.filter((one) => one === type).length]),
  );
}

/** The names that must differ between two ledgers of an account and Region, and those of their metrics. */
function namesIn(stack: Stack): string[] {
  return Object.values(resourcesOf(stack)).flatMap(({ Type, Properties = {} }) => {
    if (Type === 'AWS::Events::EventBus' || Type === 'AWS::ApiGatewayV2::Api') return [`${Type} ${Properties.Name}`];
    if (Type === 'AWS::Logs::LogGroup') return Properties.LogGroupName ? [String(Properties.LogGroupName)] : [];
    if (Type === 'AWS::CloudWatch::Alarm') return [String(Properties.AlarmName)];
    const { Environment } = Properties as { Environment?: { Variables: { LEDGER_NAME?: string } } };
    return Environment?.Variables.LEDGER_NAME ? [`metrics of ${Environment.Variables.LEDGER_NAME}`] : [];
  });
}

test('it makes what the two stacks of the app make', () => {
  const stack = newStack();
  const props = { noticeEmail: 'ports@example.com', chatNotices: 'on' } as const;
  add(stack, 'Ledger', props);
  const { data, service } = synthesized();
  expect(counted(resourcesOf(stack))).toEqual(counted(data.toJSON().Resources, service.toJSON().Resources));
});

describe('several ledgers of an account', () => {
  const app = newApp();
  const stacks = [
    new Stack(app, 'One'),
    new Stack(app, 'Two'),
    new Stack(new Stage(app, 'Production'), 'One'),
    new NestedStack(new Stack(app, 'Outer'), 'Nested'),
    new Stack(app, 'A-stack-whose-name-is-long', { stackName: `L${'o'.repeat(100)}ng` }),
  ];
  for (const stack of stacks) {
    add(stack, 'First');
    add(stack, 'Second');
  }

  test('have names of their own, even in one stack', () => {
    const names = stacks.flatMap(namesIn);
    // A bus, an API and its log, the metrics, four alarms; and a log for each function.
    expect(names.length).toBe(2 * stacks.length * (8 + Object.keys(functions).length));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).not.toContain('Token[');
  });

  test('are named after their stack and path, unless they are given a name', () => {
    expect(namesIn(newStackWith({}))).toContainEqual(expect.stringMatching(/^Host-Ledger-\w{8}-silence$/));
    expect(namesIn(newStackWith({ ledgerName: 'Porting' }))).toContain('Porting-silence');
    expect(() => newStackWith({ ledgerName: 'my ledger' })).toThrow(/^ledgerName must be a letter and up to 59 more/);
  });
});

function newStackWith(props: Partial<PortInLedgerProps>): Stack {
  const stack = newStack();
  add(stack, 'Ledger', props);
  return stack;
}

describe('in a stack with other things', () => {
  const stack = newStack();
  new Queue(stack, 'Other');
  const ledger = add(stack, 'Ledger');
  const role = new Role(stack, 'Reports', { assumedBy: new AccountRootPrincipal() });
  ledger.grantRead(role);
  const template = Template.fromStack(stack);

  test('it tags what it makes, and nothing else', () => {
    const tag = { Key: 'application', Value: 'port-in-ledger' };
    const tagged = Object.entries(template.toJSON().Resources as Resources)
      .filter(([, { Properties }]) => JSON.stringify(Properties?.Tags ?? '').includes(JSON.stringify(tag)))
      .map(([id]) => id);
    expect(tagged.length).toBeGreaterThan(40);
    for (const id of tagged) expect(id).toMatch(/^Ledger/);
    expect(stack.tags.tagValues()).toEqual({});
  });

  test('it adds no output to the stack until it is asked to, and then those of the app', () => {
    expect(template.toJSON().Outputs).toBeUndefined();
    const asked = newStack();
    add(asked, 'Ledger', { noticeEmail: 'ports@example.com', chatNotices: 'on' }).addOutputs();
    const { data, service } = synthesized();
    const ofApp = { ...data.toJSON().Outputs, ...service.toJSON().Outputs };
    const names = Object.keys(ofApp).filter((name) => !name.startsWith('Exports'));
    expect(Object.keys(Template.fromStack(asked).toJSON().Outputs).sort()).toEqual(names.sort());
  });

  test('its tables and secrets outlive the stack', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret']) {
      template.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });

  test('grantRead allows to read events and orders by key and index, and no more', () => {
    const policies = template.findResources('AWS::IAM::Policy', {
      Properties: { Roles: [stack.resolve(role.roleName)] },
    });
    const [policy, ...others] = Object.values(policies);
    expect(others).toEqual([]);
    const { events, orders } = ledger.tables;
    const expected = [events, orders].map(({ tableArn }) => ({
      Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      Effect: 'Allow',
      Resource: stack.resolve([tableArn, `${tableArn}/index/*`]),
    }));
    expect(policy?.Properties.PolicyDocument.Statement).toEqual(expected);
  });
});

test('it reads no context', () => {
  const stack = new Stack(
    newApp({ graceMinutes: 'nonsense', stackPrefix: 'Context', alarmEmail: 'x@example.com' }),
    'Host',
  );
  add(stack, 'Ledger');
  expect(resourcesOf(stack)).toEqual(resourcesOf(newStackWith({})));
});

describe('its properties', () => {
  const source = readFileSync('infra/aws/props.ts', 'utf8');
  const described = [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+)\??:/g)].map(
    ([, comment = '', name = '']) => [name, /@default (?:- .*|'?(.*?)'?$)/m.exec(comment)] as const,
  );
  const standard = readProps({ telnyxPublicKey: samplePublicKey }, 'Own');

  test('are those that are read', () => {
    expect(described.map(([name]) => name).sort()).toEqual(Object.keys(standard).sort());
  });

  test.each(
    described.filter(([name]) => name !== 'telnyxPublicKey'),
  )('%s has the default that its comment says', (name, said) => {
    expect(said).not.toBeNull();
    const value = standard[name as keyof typeof standard];
    if (name !== 'ledgerName') expect(value === undefined ? undefined : String(value)).toBe(said?.[1]);
  });
});
