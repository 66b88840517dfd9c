import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { constructId } from '../../infra/aws/names.ts';
import { DataStack } from '../../infra/aws/stacks.ts';
import { secrets, type Table, tables } from '../../infra/service.ts';
import { named, ofType, synthesized } from './synthesized.ts';

const { data, stacks, resources } = synthesized();

describe.each(Object.entries<Table>(tables))('table %s', (name, described) => {
  const table = named(resources, constructId(name));

  test('is kept whatever happens to the stack', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(table.Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test('is billed by request', () => {
    expect(table.Properties).toMatchObject({ BillingMode: 'PAY_PER_REQUEST' });
    expect(table.Properties).not.toHaveProperty('ProvisionedThroughput');
  });

  test('has the key that is described, of strings', () => {
    expect(table.Properties.KeySchema).toEqual(keySchema(described.partitionKey, described.sortKey));
    const attributes = table.Properties.AttributeDefinitions as { AttributeType: string }[];
    expect(new Set(attributes.map(({ AttributeType }) => AttributeType))).toEqual(new Set(['S']));
  });

  test('lets rows expire by the described attribute, or never', () => {
    const expected = described.timeToLive && { AttributeName: described.timeToLive, Enabled: true };
    expect(table.Properties.TimeToLiveSpecification).toEqual(expected);
  });

  test('is streamed with the new row, or not at all, as described', () => {
    const expected = described.streamed && { StreamViewType: 'NEW_IMAGE' };
    expect(table.Properties.StreamSpecification).toEqual(expected);
  });

  test('has each index that is described, and no other', () => {
    const expected = Object.entries(described.indexes).map(([IndexName, { partitionKey, sortKey, include }]) => ({
      IndexName,
      KeySchema: keySchema(partitionKey, sortKey),
      Projection:
        include.length > 0 ? { ProjectionType: 'INCLUDE', NonKeyAttributes: include } : { ProjectionType: 'KEYS_ONLY' },
    }));
    expect(table.Properties.GlobalSecondaryIndexes ?? []).toEqual(expected);
    expect(table.Properties).not.toHaveProperty('LocalSecondaryIndexes');
  });

  test('has a generated name, so that a retained table never blocks it', () => {
    expect(table.Properties).not.toHaveProperty('TableName');
  });
});

test('orders never expire', () => {
  expect(named(resources, 'Orders').Properties).not.toHaveProperty('TimeToLiveSpecification');
});

describe('secrets', () => {
  test.each(Object.keys(secrets))('%s is kept, under a generated name, and its ARN is an output', (name) => {
    const secret = named(resources, constructId(name));
    expect(secret).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(secret.Properties).not.toHaveProperty('Name');
    expect(data.findOutputs(`${constructId(name)}Secret`)).not.toEqual({});
  });

  test('the API key begins empty: CloudFormation has no value that could overwrite the owner’s', () => {
    const { Properties } = named(resources, 'TelnyxApiKey');
    expect(Properties).not.toHaveProperty('SecretString');
    expect(Properties).not.toHaveProperty('GenerateSecretString');
  });

  // CloudFormation overwrites the owner's value if the first value changes, so this one must never change.
  test('the tokens are generated: 64 letters and digits beside two empty lists', () => {
    const { GenerateSecretString, SecretString } = named(resources, 'ApiTokens').Properties;
    expect(SecretString).toBeUndefined();
    expect(GenerateSecretString).toEqual({
      SecretStringTemplate: '{"read":[],"operate":[]}',
      GenerateStringKey: 'generated',
      PasswordLength: 64,
      ExcludePunctuation: true,
      IncludeSpace: false,
    });
  });
});

test('the stack holds tables, secrets and the bus, and cannot be destroyed by mistake', () => {
  expect(stacks.data.terminationProtection).toBe(true);
  const types = new Set(Object.values(data.toJSON().Resources).map((resource) => (resource as { Type: string }).Type));
  expect(types).toEqual(new Set(['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::Events::EventBus']));
});

test('every table, stream and secret and the bus is exported, even if no function uses it', () => {
  const described = Object.values<Table>(tables);
  const streamed = described.filter((table) => table.streamed);
  const count = 2 * described.length + streamed.length + Object.keys(secrets).length + 2;
  const alone = Template.fromStack(new DataStack(new App(), 'Alone', { chatNotices: 'on' }));
  const outputs = Object.values<{ Export?: unknown }>(alone.toJSON().Outputs);
  expect(outputs.filter((output) => output.Export)).toHaveLength(count);
});

test('the service stack holds no data: everything in it goes when it is destroyed', () => {
  const { service } = synthesized();
  expect(JSON.stringify(service.toJSON())).not.toContain('Retain"');
  expect(ofType(service.toJSON().Resources, 'AWS::DynamoDB::Table')).toEqual({});
  expect(stacks.service.terminationProtection).toBe(false);
  expect(stacks.service.dependencies).toContain(stacks.data);
  expect(stacks.data.dependencies).toEqual([]);
});

function keySchema(partitionKey: string, sortKey: string | undefined): unknown {
  const partition = { AttributeName: partitionKey, KeyType: 'HASH' };
  return sortKey === undefined ? [partition] : [partition, { AttributeName: sortKey, KeyType: 'RANGE' }];
}
