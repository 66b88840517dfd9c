import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import {
  type EnvironmentValue,
  type FunctionName,
  functions,
  type SettingName,
  SYNC_EVERY_MINUTES,
  type TableName,
  tables,
  webhook,
} from '../service.ts';
import { codeOf } from './function-code.ts';
import { constructId, forEachName } from './names.ts';
import type { Data, FailureQueues, Functions, Topics } from './parts.ts';
import type { Settings } from './settings.ts';

/** What functions work with. */
export interface Resources extends Data {
  readonly queues: FailureQueues;
  readonly topics: Topics;
}

/** The service's addresses, which are known only once its functions exist. */
export type Addresses = Readonly<Record<'apiUrl' | 'webhookUrl', string>>;

/** Adds every function, each with its own role and log group. {@link tellAddresses} completes their environment. */
export function addFunctions(scope: Construct, resources: Resources, settings: Settings): Functions {
  return forEachName(functions, (name) => addFunction(scope, name, resources, settings));
}

/**
 * Gives the addresses to the functions that need them. None of these may serve an address: it would depend on itself.
 */
export function tellAddresses(made: Functions, addresses: Addresses): void {
  for (const [name, { environment }] of Object.entries(functions)) {
    for (const [variable, value] of Object.entries(environment)) {
      const address = addressIn(value);
      if (address) made[name as FunctionName].addEnvironment(variable, addresses[address]);
    }
  }
}

function addFunction(scope: Construct, name: FunctionName, resources: Resources, settings: Settings): lambda.Function {
  const { does, memoryMegabytes, timeoutSeconds, environment } = functions[name];
  const id = constructId(name);
  const known = Object.entries(environment).filter(([, value]) => !addressIn(value));
  const logGroup = addLogGroup(scope, `${id}Logs`, settings, `/aws/lambda/${settings.ledgerName}-${name}`);
  return new lambda.Function(scope, id, {
    description: does,
    code: codeOf(name),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    memorySize: memoryMegabytes,
    timeout: Duration.seconds(timeoutSeconds),
    role: addRole(scope, name, resources, logGroup),
    logGroup,
    environment: Object.fromEntries(
      known.map(([variable, value]) => [variable, deployedValue(value, resources, settings)]),
    ),
    ...(name === webhook.function &&
      settings.webhookConcurrency !== undefined && { reservedConcurrentExecutions: settings.webhookConcurrency }),
  });
}

/**
 * A log group that is deleted with the service: what must last is in the tables. It has a name of its own, because who
 * is woken at night looks for `publish-events` and not for what CloudFormation makes of it.
 */
export function addLogGroup(scope: Construct, id: string, settings: Settings, logGroupName: string): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    logGroupName,
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

// Not AWSLambdaBasicExecutionRole: it may write to every log group, and could recreate one after the stack has deleted
// it.
function addRole(scope: Construct, name: FunctionName, resources: Resources, logGroup: logs.LogGroup): iam.Role {
  const described = functions[name];
  const role = new iam.Role(scope, `${constructId(name)}Role`, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    description: `What ${name} may do, and nothing else`,
  });
  const allow = (actions: string[], on: string[]) =>
    role.addToPolicy(new iam.PolicyStatement({ actions, resources: on }));

  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
  for (const [table, actions] of Object.entries(described.tables)) {
    const tableName = table as TableName;
    const { tableArn } = resources.tables[tableName];
    const indexes = actions.includes('Query') ? Object.keys(tables[tableName].indexes) : [];
    allow(
      actions.map((action) => `dynamodb:${action}`),
      [tableArn, ...indexes.map((index) => `${tableArn}/index/${index}`)],
    );
  }
  const secretArns = Object.values(described.environment)
    .filter((value) => 'secret' in value)
    .flatMap((value) => resources.secrets[value.secret]?.secretArn ?? []);
  if (secretArns.length > 0) allow(['secretsmanager:GetSecretValue'], secretArns);
  const values = Object.values(described.environment);
  if (values.some((value) => 'bus' in value)) allow(['events:PutEvents'], [resources.bus.eventBusArn]);
  const topicArns = values.flatMap((value) =>
    'topic' in value ? (resources.topics[value.topic]?.topicArn ?? []) : [],
  );
  if (topicArns.length > 0) allow(['sns:Publish'], topicArns);
  const queueArns = values.flatMap((value) => ('queue' in value ? [resources.queues[value.queue].queueArn] : []));
  if (queueArns.length > 0) allow(['sqs:GetQueueAttributes'], queueArns);
  return role;
}

function addressIn(value: EnvironmentValue): keyof Addresses | undefined {
  const setting = 'setting' in value ? value.setting : undefined;
  return setting === 'apiUrl' || setting === 'webhookUrl' ? setting : undefined;
}

function deployedValue(value: EnvironmentValue, resources: Resources, settings: Settings): string {
  if ('table' in value) return resources.tables[value.table].tableName;
  if ('secret' in value) return resources.secrets[value.secret]?.secretArn ?? 'none';
  if ('bus' in value) return resources.bus.eventBusName;
  if ('topic' in value) return resources.topics[value.topic]?.topicArn ?? 'none';
  if ('queue' in value) return resources.queues[value.queue].queueUrl;
  return String(deployedSetting(value.setting as Exclude<SettingName, keyof Addresses>, settings));
}

function deployedSetting(name: Exclude<SettingName, keyof Addresses>, settings: Settings): string | number {
  switch (name) {
    case 'syncIntervalSeconds':
      return SYNC_EVERY_MINUTES * 60;
    default:
      return settings[name];
  }
}
