import { describe, expect, test } from 'vitest';
import { constructId } from '../../infra/aws/names.ts';
import { type EnvironmentValue, functions, type SettingName, webhook } from '../../infra/service.ts';
import { functionNames, named, ofType, samplePublicKey, synthesized } from './synthesized.ts';

/** Settings unlike their defaults. */
const given = {
  telnyxBaseUrl: 'https://telnyx.example/v2',
  webhookTypes: 'porting_order.status_changed',
  graceMinutes: 20,
  overdueAfter: 'exception=3',
  retainDays: 400,
  orderDetails: 'off',
  healing: 'republish',
  healingPerDay: 5,
  runbookUrl: 'https://wiki.example/ledger',
  notices: 'overdue',
  timezone: 'Europe/Berlin',
  console: 'off',
};
const { resources, service } = synthesized({ ...given, stackPrefix: 'Other' });

test('exactly the functions that are described', () => {
  const found = Object.keys(ofType(resources, 'AWS::Lambda::Function'));
  expect(found.sort()).toEqual(functionNames.map(([, id]) => id).sort());
});

describe.each(functionNames)('function %s', (name, id) => {
  const { Properties } = named(resources, id);
  const described = functions[name];

  test('runs on Node 24 and arm64', () => {
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
  });

  test('has the described memory and time limit, within the allowed bounds', () => {
    expect(Properties).toMatchObject({ MemorySize: described.memoryMegabytes, Timeout: described.timeoutSeconds });
    expect(described.memoryMegabytes).toBeGreaterThanOrEqual(256);
    expect(described.memoryMegabytes).toBeLessThanOrEqual(512);
  });

  test('has the environment that is described, and nothing besides', () => {
    const expected = Object.entries(described.environment).map(([variable, value]) => [variable, deployed(value)]);
    const variables = Object.fromEntries(expected);
    expect(Properties.Environment).toEqual(expected.length > 0 ? { Variables: variables } : undefined);
  });

  test('logs to a group of its own that keeps lines for 90 days', () => {
    expect(Properties.LoggingConfig).toEqual({ LogGroup: `<${id}Logs>` });
    expect(named(resources, `${id}Logs`).Properties.RetentionInDays).toBe(90);
  });
});

// An empty environment variable would count as forgotten.
test('a setting that is not given is passed as a word', () => {
  const { Variables } = named(synthesized().resources, 'PublishEvents').Properties.Environment as {
    Variables: Record<string, string>;
  };
  expect(Variables).toMatchObject({ OVERDUE_AFTER: 'default', RETAIN_DAYS: 'none', WEBHOOK_TYPES: 'learned' });
  expect(Object.values(Variables)).not.toContain('');
});

test('every log group has the retention that is set', () => {
  const groups = ofType(synthesized({ logRetentionDays: '14' }).resources, 'AWS::Logs::LogGroup');
  expect(Object.keys(groups)).toHaveLength(functionNames.length + 1);
  for (const group of Object.values(groups)) expect(group.Properties.RetentionInDays).toBe(14);
});

describe('the webhook', () => {
  const webhookId = constructId(webhook.function);

  test('is the only function with a URL, which is open: Telnyx gets in by its signature', () => {
    const urls = Object.values(ofType(resources, 'AWS::Lambda::Url')).map((url) => url.Properties);
    expect(urls).toEqual([{ AuthType: 'NONE', TargetFunctionArn: `<${webhookId}.Arn>` }]);
    expect(service.findOutputs('WebhookUrl')).not.toEqual({});
  });

  test('lets anyone in, but only through the URL', () => {
    const open = Object.values(ofType(resources, 'AWS::Lambda::Permission'))
      .map((permission) => permission.Properties)
      .filter(({ Principal }) => Principal === '*');
    const FunctionName = `<${webhookId}.Arn>`;
    expect(open).toEqual([
      { Action: 'lambda:InvokeFunctionUrl', FunctionName, FunctionUrlAuthType: 'NONE', Principal: '*' },
      { Action: 'lambda:InvokeFunction', FunctionName, InvokedViaFunctionUrl: true, Principal: '*' },
    ]);
  });

  describe('through the API', () => {
    const { resources: through, service } = synthesized({ webhookThrough: 'api' });
    const permissions = Object.values(ofType(through, 'AWS::Lambda::Permission')).map(({ Properties }) => Properties);

    test('has no URL of its own, and no permission is open to anyone', () => {
      expect(ofType(through, 'AWS::Lambda::Url')).toEqual({});
      const services = permissions.map(({ Principal }) => Principal);
      expect(new Set(services)).toEqual(new Set(['apigateway.amazonaws.com', 'events.amazonaws.com']));
    });

    test('may be invoked by that API on its path, and by nothing else', () => {
      const its = permissions.filter(({ FunctionName }) => FunctionName === `<${webhookId}.Arn>`);
      expect(its).toMatchObject([
        { Action: 'lambda:InvokeFunction', SourceArn: expect.stringMatching(`:<Api>/\\*/\\*${webhook.path}$`) },
      ]);
    });

    test("has the API's address with its path: in the output, and where an order's own URL is compared with it", () => {
      const Value = {
        'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^Api/), 'ApiEndpoint'] }, webhook.path]],
      };
      expect(service.findOutputs('WebhookUrl')).toMatchObject({ WebhookUrl: { Value } });
      expect(named(through, 'PublishEvents').Properties.Environment).toMatchObject({
        Variables: { WEBHOOK_URL: `<Api.ApiEndpoint>${webhook.path}` },
      });
    });

    test('is otherwise the same function, and can be capped', () => {
      const set = { ...given, stackPrefix: 'Other', webhookConcurrency: 25 };
      const [byUrl, byApi] = ['url', 'api'].map((webhookThrough) => {
        return named(synthesized({ ...set, webhookThrough }).resources, webhookId);
      });
      expect(byApi).toEqual(byUrl);
      expect(byApi?.Properties.ReservedConcurrentExecutions).toBe(25);
    });
  });

  test('takes all of the account unless a cap is set', () => {
    expect(named(resources, webhookId).Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  test('has a cap of its own when one is set, and no other function has', () => {
    const capped = ofType(synthesized({ webhookConcurrency: 25 }).resources, 'AWS::Lambda::Function');
    const caps = Object.entries(capped).map(([id, { Properties }]) => [id, Properties.ReservedConcurrentExecutions]);
    expect(caps.filter(([, cap]) => cap !== undefined)).toEqual([[webhookId, 25]]);
  });
});

function deployed(value: EnvironmentValue): string {
  if ('table' in value) return `<${constructId(value.table)}>`;
  if ('secret' in value) return `<${constructId(value.secret)}>`;
  if ('bus' in value) return '<Bus>';
  if ('topic' in value) return `<${constructId(value.topic)}>`;
  if ('queue' in value) return `<${constructId(value.queue)}>`;
  const settings: Record<SettingName, string | number> = {
    ...given,
    telnyxPublicKey: samplePublicKey,
    ledgerName: 'Other',
    syncIntervalSeconds: 300,
    apiUrl: '<Api.ApiEndpoint>',
    webhookUrl: '<ReceiveWebhookFunctionUrl.FunctionUrl>',
  };
  return String(settings[value.setting]);
}
