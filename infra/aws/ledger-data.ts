import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type SecretName, secrets, type Table, type TableName, tables } from '../service.ts';
import { constructId, forEachName } from './names.ts';
import type { Data } from './parts.ts';
import type { Settings } from './settings.ts';

/**
 * The half of a ledger that holds its data. CloudFormation never deletes a table or a secret in it. The bus is here
 * because other people's rules would be deleted with it. It is not retained, because its name is not generated, and a
 * retained bus would block a new one.
 *
 * Physical names are generated, so that a retained table or secret never blocks its replacement, and one account can
 * have two ledgers.
 */
export class LedgerData extends Construct implements Data {
  readonly tables: Data['tables'];
  readonly secrets: Data['secrets'];
  readonly bus: Data['bus'];

  constructor(scope: Construct, id: string, { chatNotices }: Pick<Settings, 'chatNotices'>) {
    super(scope, id);
    this.tables = forEachName(tables, (table) => addTable(this, table));
    this.secrets = {
      telnyxApiKey: addSecret(this, 'telnyxApiKey'),
      apiTokens: addSecret(this, 'apiTokens'),
      ...(chatNotices === 'on' && { chatWebhooks: addSecret(this, 'chatWebhooks') }),
    };
    // It has no archive: that would be a second store of all payloads, with its own retention, beside the table that
    // keeps every event anyway.
    this.bus = new EventBus(this, 'Bus', { description: 'port-in-ledger: what happens to port-in orders' });
  }
}

function addTable(scope: Construct, name: TableName): dynamodb.Table {
  const { partitionKey, sortKey, timeToLive, streamed, indexes }: Table = tables[name];
  const table = new dynamodb.Table(scope, constructId(name), {
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
  return table;
}

function addSecret(scope: Construct, name: SecretName): secretsmanager.Secret {
  const secret = new secretsmanager.Secret(scope, constructId(name), {
    description: `port-in-ledger: ${secrets[name].holds}`,
    removalPolicy: RemovalPolicy.RETAIN,
    ...firstValues[name],
  });
  if (!firstValues[name].generateSecretString) {
    // Without a value, CDK would let CloudFormation generate one, which would pass for a key.
    (secret.node.defaultChild as secretsmanager.CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
  }
  Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: notRotated[name] });
  return secret;
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
