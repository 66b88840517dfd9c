import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { type SecretName, secrets, type Table, type TableName, tables } from '../service.ts';
import { addBus } from './bus.ts';
import { constructId, forEachName, output } from './names.ts';

/** What outlives the service: tables and secrets, and the bus, which the rules of others hang on. */
export interface Data {
  readonly tables: Readonly<Record<TableName, dynamodb.Table>>;
  readonly secrets: Readonly<Record<SecretName, secretsmanager.Secret>>;
  readonly bus: EventBus;
}

/**
 * The stack that holds the data. No table and no secret in it is ever deleted by CloudFormation. The bus is here
 * because the rules of others would go when it goes; it is not retained, since its name is not generated and a retained
 * one would be in the next one's way.
 *
 * Physical names are generated: a table or secret that was retained must not stand in the way of one that replaces it,
 * and two ledgers fit into one account.
 */
export class DataStack extends Stack implements Data {
  readonly tables: Data['tables'];
  readonly secrets: Data['secrets'];
  readonly bus: Data['bus'];

  constructor(scope: Construct, name: string) {
    super(scope, name, {
      description: 'port-in-ledger: the tables and the secrets, retained when the stack is deleted, and the event bus.',
      // `cdk destroy --all` then stops at this stack instead of orphaning the data.
      terminationProtection: true,
    });
    this.tables = forEachName(tables, (table) => this.#addTable(table));
    this.secrets = forEachName(secrets, (secret) => this.#addSecret(secret));
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
    // Exported even while no function uses it: CloudFormation refuses to drop an export that the service stack still
    // imports, so a function that stops using a table could not be deployed after its data stack.
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
      // CDK has CloudFormation generate a value where none is given. That would pass for a key.
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
 * What each secret holds when it is created: the API key's nothing at all. Never change the other: CloudFormation would
 * write a new value over the owner's tokens.
 */
const firstValues: Readonly<Record<SecretName, secretsmanager.SecretProps>> = {
  telnyxApiKey: {},
  // CloudFormation generates one string a secret: its halves are the first read token and the first operate token.
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
  apiTokens: 'Clients hold the tokens. They are lists, so that the owner can rotate them without a moment of refusal.',
};
