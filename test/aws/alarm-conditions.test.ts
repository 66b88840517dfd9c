import { describe, expect, test } from 'vitest';
import { METRIC_NAMESPACE } from '../../functions/porting/metrics.ts';
import { healthy, hiccups, type Situation, situations } from './alarm-situations.ts';
import { identityOf, readBy, stateOf } from './cloudwatch.ts';
import { startDeployedService } from './deployed-service.ts';
import { ofType, synthesized } from './synthesized.ts';

const { resources } = synthesized();

/** The template's alarms on metrics that our code writes, by the name that a mail shows. */
const ours = new Map(
  Object.values(ofType(resources, 'AWS::CloudWatch::Alarm'))
    .map(({ Properties }) => Properties)
    .filter((alarm) => readBy(alarm).some(({ Namespace }) => !Namespace.startsWith('AWS/')))
    .map((alarm) => [String(alarm.AlarmName).replace('PortInLedger-', ''), alarm] as const),
);

async function after(situation: Situation) {
  const service = await startDeployedService(resources);
  await situation(service);
  const measured = service.measured();
  const now = Date.now();
  return {
    measured,
    written: new Set(measured.map(({ metric }) => metric)),
    states: () => Object.fromEntries([...ours].map(([name, alarm]) => [name, stateOf(alarm, measured, now)])),
  };
}

const each = (state: string) => Object.fromEntries([...ours.keys()].map((name) => [name, state]));

test('every alarm on a metric of the code has its conditions here, and every condition has its alarm', () => {
  expect([...ours.keys()].sort()).toEqual(Object.keys(situations).sort());
  for (const [name, conditions] of Object.entries(situations))
    expect([name, Object.keys(conditions)]).not.toEqual([name, []]);
});

test('each of them reads our namespace and nothing else', () => {
  for (const alarm of ours.values()) {
    expect(new Set(readBy(alarm).map(({ Namespace }) => Namespace))).toEqual(new Set([METRIC_NAMESPACE]));
  }
});

/** Metrics that are written only when something is wrong. All others are written every hour. */
const troubles = ['UpstreamKeyRefused', 'UpstreamRateLimited', 'WebhooksRefused', 'NotificationsMissed'];

describe.each(Object.entries(situations))('alarm %s rises when', (name, conditions) => {
  const alarm = ours.get(name) ?? {};

  test.each(Object.entries(conditions))('%s', async (_, situation) => {
    const { written, states } = await after(situation);
    expect(states()[name]).toBe('ALARM');
    for (const metric of readBy(alarm)) {
      if (troubles.includes(metric.MetricName)) expect(written).toContain(identityOf(metric));
    }
  });
});

test('none rises while all is well, and each has values to read', async () => {
  const { written, states } = await after(healthy);
  expect(states()).toEqual(each('OK'));
  const read = [...ours.values()].flatMap(readBy).filter(({ MetricName }) => !troubles.includes(MetricName));
  expect([...written]).toEqual(expect.arrayContaining(read.map(identityOf)));
});

test('none rises because of a single lost webhook, refused webhook, 429, failed run or bus outage', async () => {
  const { measured, states } = await after(hiccups);
  expect(states()).toEqual(each('OK'));
  const sums = ['WebhooksRefused', 'UpstreamRateLimited', 'SyncFailed', 'NotificationsMissed'].map((MetricName) => {
    const Dimensions = [{ Name: 'Ledger', Value: 'PortInLedger' }];
    const identity = identityOf({ Namespace: METRIC_NAMESPACE, MetricName, Dimensions });
    const values = measured.filter(({ metric }) => metric === identity).map(({ value }) => value);
    return [MetricName, values.reduce((sum, value) => sum + value, 0)];
  });
  expect(Object.fromEntries(sums)).toEqual({
    WebhooksRefused: 1,
    UpstreamRateLimited: 1,
    SyncFailed: 1,
    NotificationsMissed: 1,
  });
});
