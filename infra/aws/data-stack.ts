import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { type SecretName, secrets, type Table, type TableName, tables } from '../service.ts';
import { addBus } from './bus.ts';
import { constructId, forEachName, output } from './names.ts';
import type { Settings } from './settings.ts';

/** What outlives the service: the tables, the secrets, and the bus that other people's rules depend on. */
export interface Data {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  /** Without those that no one asked for. */
  readonly secrets: Readonly<Partial<Record<SecretName, secretsmanager.Secret>>>;
  readonly bus: EventBus;
}

/**
 * The stack that holds the data. CloudFormation never deletes a table or a secret in it. The bus is here because other
 * people's rules would be deleted with it. It is not retained, because its name is not generated, and a retained bus
 * would block a new one.
 *
 * Physical names are generated, so that a retained table or secret never blocks its replacement, and one account can
 * have two ledgers.
 */
export class DataStack extends Stack implements Data {
  readonly tables: Data['tables'];
  readonly secrets: Data['secrets'];
  readonly bus: Data['bus'];

  constructor(scope: Construct, name: string, { chatNotices }: Pick<Settings, 'chatNotices'>) {
    super(scope, name, {
      description: 'port-in-ledger: the tables and the secrets, retained when the stack is deleted, and the event bus.',
      // `cdk destroy --all` then stops at this stack instead of orphaning the data.
      terminationProtection: true,
    });
    this.tables = forEachName(tables, (table) => this.#addTable(table));
    const names = (Object.keys(secrets) as SecretName[]).filter(
      (one) => one !== 'chatWebhooks' || chatNotices === 'on',
    );
    this.secrets = Object.fromEntries(names.map((one) => [one, this.#addSecret(one)]));
    this.bus = addBus(this);
    this.exportValue(this.bus.eventBusName);
    this.exportValue(this.bus.eventBusArn);
  }

  #addTable(name: TableName): dynamodb.Table {
    const { partitionKey, sortKey, timeToLive, streamed, indexes }: Table = tables[name];
    const table = new dynamodb.Table(this, constructId(name), {
      partitionKey: text(partitionKey),
      ...(sortKey && { sortKey: text(sortKey) }),
      ...(timeToLive && { timeToLiveAttribute: timeToLive }),
      ...(streamed && { stream: dynamodb.StreamViewType.NEW_IMAGE }),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const [indexName, index] of Object.entries(indexes)) {
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(index.partitionKey),
        sortKey: text(index.sortKey),
        ...(index.include.length > 0
          ? { projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: [...index.include] }
          : { projectionType: dynamodb.ProjectionType.KEYS_ONLY }),
      });
    }
    // Exported even when no function uses it: CloudFormation refuses to drop an export that the service stack still
    // imports. Otherwise, when a function stops using a table, the data stack could not be deployed before the service
    // stack.
    this.exportValue(table.tableName);
    this.exportValue(table.tableArn);
    if (table.tableStreamArn) this.exportValue(table.tableStreamArn);
    return table;
  }

  #addSecret(name: SecretName): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, constructId(name), {
      description: `port-in-ledger: ${secrets[name].holds}`,
      removalPolicy: RemovalPolicy.RETAIN,
      ...firstValues[name],
    });
    if (!firstValues[name].generateSecretString) {
      // Without a value, CDK would let CloudFormation generate one, which would pass for a key.
      (secret.node.defaultChild as secretsmanager.CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
    }
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: notRotated[name] });
    output(this, `${constructId(name)}Secret`, secret.secretArn, secrets[name].holds);
    this.exportValue(secret.secretArn);
    return secret;
  }
}

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });

/**
 * The value of each secret when it is created: empty, but for the tokens. Never change those: CloudFormation would
 * overwrite the owner's tokens with a new value.
 */
const firstValues: Readonly<Record<SecretName, secretsmanager.SecretProps>> = {
  telnyxApiKey: {},
  chatWebhooks: {},
  // CloudFormation generates one string for a secret. Its halves are the first read token and the first operate token.
  apiTokens: {
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ read: [], operate: [] }),
      generateStringKey: 'generated',
      passwordLength: 64,
      excludePunctuation: true,
      includeSpace: false,
    },
  },
};

const notRotated: Readonly<Record<SecretName, string>> = {
  telnyxApiKey: 'Telnyx issues the key and has no call that replaces it; its owner does, as docs/deploy.md says.',
  chatWebhooks: 'Slack and Teams issue the addresses and have no call that replaces them; their owner does.',
  apiTokens: 'Clients hold the tokens. The tokens are lists, so the owner can rotate them without an interruption.',
};
