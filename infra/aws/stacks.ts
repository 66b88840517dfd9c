import { type App, CfnOutput, CrossStackReferences, ReferenceStrength, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { secrets } from '../service.ts';
import { LedgerData } from './ledger-data.ts';
import { LedgerService } from './ledger-service.ts';
import { constructId } from './names.ts';
import type { Data } from './parts.ts';
import type { readSettings, Settings } from './settings.ts';

/** Adds the two stacks of a ledger, for any account and Region. */
export function addStacks(app: App, { stackPrefix, ...others }: ReturnType<typeof readSettings>) {
  Tags.of(app).add('application', 'port-in-ledger');
  const settings = { ...others, ledgerName: stackPrefix };
  const data = new DataStack(app, `${stackPrefix}-Data`, settings);
  const service = new ServiceStack(app, `${stackPrefix}-Service`, data.ledger, settings);
  return { data, service };
}

/** The id that CDK leaves out of logical ids: they are those of a ledger whose parts are directly in the stacks. */
const UNSEEN = 'Default';

/** The stack that holds the data. */
export class DataStack extends Stack {
  readonly ledger: Data;

  constructor(scope: Construct, name: string, settings: Pick<Settings, 'chatNotices'>) {
    super(scope, name, {
      description: 'port-in-ledger: the tables and the secrets, retained when the stack is deleted, and the event bus.',
      // `cdk destroy --all` then stops at this stack instead of orphaning the data.
      terminationProtection: true,
    });
    this.ledger = new LedgerData(this, UNSEEN, settings);
    const { tables, secrets: made, bus } = this.ledger;
    for (const [name, { holds }] of Object.entries(secrets)) {
      const secret = made[name as keyof typeof secrets];
      if (secret) output(this, `${constructId(name)}Secret`, secret.secretArn, holds);
    }
    output(this, 'BusName', bus.eventBusName, 'The event bus: rules on it get every port-in event');
    output(this, 'BusArn', bus.eventBusArn, 'Its ARN, for policies and rules in other accounts');
    // Exported even when no function uses it: CloudFormation refuses to drop an export that the service stack still
    // imports. Otherwise, when a function stops using a table, the data stack could not be deployed before the service
    // stack.
    const used = [
      ...Object.values(tables).flatMap((table) => [table.tableName, table.tableArn, table.tableStreamArn]),
      ...Object.values(made).map((secret) => secret.secretArn),
      ...[bus.eventBusName, bus.eventBusArn],
    ];
    for (const value of used) if (value !== undefined) this.exportValue(value);
  }
}

/** The stack that processes the data. */
class ServiceStack extends Stack {
  constructor(scope: Construct, name: string, data: Data, settings: Settings) {
    super(scope, name, { description: 'port-in-ledger: functions, API, schedules and alarms. Holds no data.' });
    // CloudFormation then refuses to drop a table or a secret that the service still uses.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    const { queues, topics, functions, apiUrl, webhookUrl } = new LedgerService(this, UNSEEN, data, settings);
    output(this, 'DeadLettersUrl', queues.deadLetters.queueUrl, 'Scheduled runs and notices that failed for good');
    output(this, 'FailedBatchesUrl', queues.failedBatches.queueUrl, 'Batches of the stream that failed for good');
    output(this, 'AlarmTopic', topics.alarms.topicArn, 'What cannot wait goes here: subscribe to it to be notified');
    if (topics.notices) {
      const use = 'Notices to porting teams go here: subscribe to it to get them';
      output(this, 'NoticeTopic', topics.notices.topicArn, use);
    }
    output(this, 'WebhookUrl', webhookUrl, 'Register this URL at Telnyx');
    output(this, 'ApiUrl', apiUrl, 'The API; a Telnyx SDK takes it with /v2 as its base URL');
    output(this, 'SyncFunction', functions['sync-events'].functionName, 'Invoke it to read the last days again');
  }
}

/** An output of a stack, under exactly this name. */
function output(stack: Stack, name: string, value: string, description: string): void {
  new CfnOutput(stack, name, { value, description });
}
