import { expect, test } from 'vitest';
import { METRICS } from '../../functions/porting/metrics.ts';
import { alarms } from '../../infra/aws/alarm-table.ts';
import { constructId } from '../../infra/aws/names.ts';
import { named, ofType, synthesized } from './synthesized.ts';

interface Widget {
  readonly type: 'text' | 'alarm' | 'metric';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly properties: { alarms?: string[]; metrics?: [namespace: string, name: string, ...unknown[]][] };
}

const { resources, service } = synthesized();
const { DashboardBody, DashboardName } = named(resources, 'Dashboard').Properties;
const { widgets } = JSON.parse(String(DashboardBody)) as { widgets: Widget[] };

test('there is one', () => {
  expect(Object.keys(ofType(resources, 'AWS::CloudWatch::Dashboard'))).toEqual(['Dashboard']);
  expect(service.findOutputs('DashboardUrl')).not.toEqual({});
});

test('there is none when it is off, and the alarms stay', () => {
  const without = synthesized({ dashboard: 'off' });
  expect(ofType(without.resources, 'AWS::CloudWatch::Dashboard')).toEqual({});
  expect(without.service.findOutputs('DashboardUrl')).toEqual({});
  expect(Object.keys(ofType(without.resources, 'AWS::CloudWatch::Alarm'))).toHaveLength(alarms.length);
});

// Dashboards of all Regions of an account share their names.
test('ledgers in two Regions have different dashboards', () => {
  expect(DashboardName).toBe('PortInLedger-<AWS::Region>');
});

test('every alarm is on it, once', () => {
  const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
  expect(shown.sort()).toEqual(alarms.map(({ name }) => `<${constructId(name)}Alarm.Arn>`).sort());
});

test('every metric that the code writes is on it', () => {
  const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const ours = shown.filter(([namespace]) => namespace === 'PortInLedger').map(([, name]) => name);
  expect([...new Set(ours)].sort()).toEqual(Object.keys(METRICS).sort());
});

test('each question stands above its alarms and graphs, and all of it fits', () => {
  expect(widgets.filter(({ type }) => type === 'text')).toHaveLength(6);
  expect(widgets.slice(0, 3).map(({ type }) => type)).toEqual(['text', 'alarm', 'metric']);
  for (const { x, width } of widgets) {
    expect(Number.isInteger(width)).toBe(true);
    expect(x + width).toBeLessThanOrEqual(24);
  }
});
