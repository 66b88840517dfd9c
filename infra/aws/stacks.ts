import { type App, CrossStackReferences, ReferenceStrength, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LedgerData } from './ledger-data.ts';
import { LedgerService } from './ledger-service.ts';
import { addDataOutputs, addServiceOutputs } from './outputs.ts';
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
    addDataOutputs(this, this.ledger);
    // Exported even when no function uses it: CloudFormation refuses to drop an export that the service stack still
    // imports. Otherwise, when a function stops using a table, the data stack could not be deployed before the service
    // stack.
    const { tables, secrets, bus } = this.ledger;
    const used = [
      ...Object.values(tables).flatMap((table) => [table.tableName, table.tableArn, table.tableStreamArn]),
      ...Object.values(secrets).map((secret) => secret.secretArn),
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
    addServiceOutputs(this, new LedgerService(this, UNSEEN, data, settings));
  }
}
