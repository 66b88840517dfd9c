import { describe, expect, test } from 'vitest';
import { healthy, hiccups, type Situation, situations } from './alarm-situations.ts';
import { type Datapoint, identityOf, readBy, stateOf } from './cloudwatch.ts';
import { startDeployedService } from './deployed-service.ts';
import { ofType, synthesized } from './synthesized.ts';

const { resources } = synthesized();

/** The template's alarms, by the name that a mail shows. */
const deployed = new Map(
  Object.values(ofType(resources, 'AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => [String(Properties.AlarmName).replace('PortInLedger-', ''), Properties] as const,
  ),
);

async function after(situation: Situation) {
  const service = await startDeployedService(resources);
  await situation(service);
  const measured = service.measured();
  const now = Date.now();
  return {
    measured,
    states: Object.fromEntries([...deployed].map(([name, alarm]) => [name, stateOf(alarm, measured, now)])),
  };
}

const total = (measured: readonly Datapoint[], name: string) =>
  measured.filter(({ metric }) => metric.includes(` ${name} `)).reduce((sum, { value }) => sum + value, 0);

test('every alarm has its conditions here, and every condition has its alarm', () => {
  expect([...deployed.keys()].sort()).toEqual(Object.keys(situations).sort());
  for (const [name, conditions] of Object.entries(situations))
    expect([name, Object.keys(conditions)]).not.toEqual([name, []]);
});

describe.each(Object.entries(situations))('alarm %s rises when', (name, conditions) => {
  test.each(Object.entries(conditions))('%s', async (_, situation) => {
    expect((await after(situation)).states[name]).toBe('ALARM');
  });
});

const quiet = Object.fromEntries([...deployed.keys()].map((name) => [name, 'OK']));

test('none rises while all is well, and the heartbeat is there to be read', async () => {
  const { measured, states } = await after(healthy);
  expect(states).toEqual(quiet);
  const heartbeat = readBy(deployed.get('silence') ?? {}).map(identityOf);
  expect(measured.filter(({ metric }) => heartbeat.includes(metric)).map(({ value }) => value)).toEqual([0, 0, 0]);
});

test('none rises because of a single webhook, request or look that fails', async () => {
  const { measured, states } = await after(hiccups);
  expect(states).toEqual(quiet);
  expect({
    Url5xxCount: total(measured, 'Url5xxCount'),
    Throttles: total(measured, 'Throttles'),
    '5xx': total(measured, '5xx'),
  }).toEqual({ Url5xxCount: 1, Throttles: 1, '5xx': 2 });
});
