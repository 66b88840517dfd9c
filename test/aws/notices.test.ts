import { describe, expect, test } from 'vitest';
import { constructId } from '../../infra/aws/names.ts';
import { rules } from '../../infra/service.ts';
import { named, ofType, synthesized } from './synthesized.ts';

const { resources, data, service } = synthesized();
const MAIL = { noticeEmail: 'ports@example.com', chatNotices: 'off' };
const CHAT = { noticeEmail: undefined, chatNotices: 'on' };
const NO_ONE = { noticeEmail: undefined, chatNotices: 'off' };

const channelsOf = (context: Record<string, unknown>) => {
  const { Variables } = named(synthesized(context).resources, 'NotifyPeople').Properties.Environment as {
    Variables: Record<string, string>;
  };
  return [Variables.NOTICE_TOPIC, Variables.CHAT_WEBHOOKS_SECRET];
};

test('without a channel, nothing invokes the function, and there is neither topic nor secret for it', () => {
  const { resources: silent, data, service } = synthesized(NO_ONE);
  expect(ofType(silent, 'AWS::Events::Rule')).toEqual({});
  expect(Object.keys(ofType(silent, 'AWS::Scheduler::Schedule'))).not.toContain('NoticesSchedule');
  expect(Object.keys(ofType(silent, 'AWS::Scheduler::Schedule'))).not.toContain('DigestSchedule');
  expect(Object.keys(ofType(silent, 'AWS::SNS::Topic'))).toEqual(['Alarms']);
  expect(Object.keys(ofType(silent, 'AWS::SecretsManager::Secret')).sort()).toEqual(['ApiTokens', 'TelnyxApiKey']);
  expect(data.findOutputs('ChatWebhooksSecret')).toEqual({});
  expect(service.findOutputs('NoticeTopic')).toEqual({});
  expect(JSON.stringify(named(silent, 'NotifyPeopleRoleDefaultPolicy').Properties)).not.toMatch(/sns:|secretsmanager:/);
});

test('each channel is there if it was asked for', () => {
  expect(channelsOf({})).toEqual(['<Notices>', '<ChatWebhooks>']);
  expect(channelsOf(MAIL)).toEqual(['<Notices>', 'none']);
  expect(channelsOf(CHAT)).toEqual(['none', '<ChatWebhooks>']);
  expect(channelsOf(NO_ONE)).toEqual(['none', 'none']);
  for (const context of [MAIL, CHAT]) {
    const { resources } = synthesized(context);
    expect(Object.keys(ofType(resources, 'AWS::Events::Rule'))).toHaveLength(rules.length);
    expect(resources).toHaveProperty('DigestSchedule');
  }
});

test('notices are mailed to the address that is set, over TLS only', () => {
  const subscriptions = Object.values(ofType(resources, 'AWS::SNS::Subscription')).map(({ Properties }) => Properties);
  expect(subscriptions).toEqual([{ Protocol: 'email', TopicArn: '<Notices>', Endpoint: 'ports@example.com' }]);
  expect(JSON.stringify(named(resources, 'NoticesPolicy').Properties)).toContain('"aws:SecureTransport":"false"');
  expect(service.findOutputs('NoticeTopic')).not.toEqual({});
});

test('the addresses of chats begin empty, and are kept', () => {
  const secret = named(resources, 'ChatWebhooks');
  expect(secret).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(secret.Properties).not.toHaveProperty('GenerateSecretString');
  expect(data.findOutputs('ChatWebhooksSecret')).not.toEqual({});
});

describe.each(rules)('rule $name', ({ name, function: target, types, orderStatus }) => {
  const { Properties } = named(resources, `${constructId(name)}Rule`);

  test('hands exactly the described events of the bus to its function', () => {
    expect(Properties).toMatchObject({ State: 'ENABLED', EventBusName: '<Bus>' });
    expect(Properties.EventPattern).toEqual({
      'detail-type': types,
      ...(orderStatus && { detail: { order: { status: { value: [orderStatus] } } } }),
    });
    expect(Properties.Targets).toEqual([
      {
        Id: 'Target0',
        Arn: `<${constructId(target)}.Arn>`,
        DeadLetterConfig: { Arn: '<DeadLetters.Arn>' },
        RetryPolicy: { MaximumEventAgeInSeconds: 4 * 3600, MaximumRetryAttempts: 10 },
      },
    ]);
  });

  test('may alone invoke it, and keep what fails', () => {
    const SourceArn = `<${constructId(name)}Rule.Arn>`;
    const permissions = Object.values(ofType(resources, 'AWS::Lambda::Permission')).map(({ Properties }) => Properties);
    expect(permissions).toContainEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: `<${constructId(target)}.Arn>`,
      Principal: 'events.amazonaws.com',
      SourceArn,
    });
    expect(JSON.stringify(named(resources, 'DeadLettersPolicy').Properties)).toContain(SourceArn);
  });
});
