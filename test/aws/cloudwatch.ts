/** The parts of CloudWatch that our alarms use: metrics out of log lines, metric math, and whether an alarm rises. */

/** A metric as an alarm in a template names it. */
export interface DeployedMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

/** One of the queries of an alarm: a metric in periods, or a formula over the others. */
export interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData: boolean;
  readonly MetricStat?: { readonly Metric: DeployedMetric; readonly Period: number; readonly Stat: string };
}

/** One value of a metric. `at` is in milliseconds since 1970. */
export interface Datapoint {
  readonly metric: string;
  readonly at: number;
  readonly value: number;
}

/** What an alarm would do. */
export type AlarmState = 'ALARM' | 'OK';

/** Identifies a metric. */
export function identityOf({ Namespace, MetricName, Dimensions }: DeployedMetric): string {
  const dimensions = Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort();
  return [Namespace, MetricName, ...dimensions].join(' ');
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/**
 * The metrics that CloudWatch reads from a log line in its embedded metric format: only values that the line declares.
 */
export function datapointsIn(line: Readonly<Record<string, unknown>>): Datapoint[] {
  const { Timestamp, CloudWatchMetrics } = (line as unknown as EmbeddedMetrics)._aws;
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({
        metric: identityOf({
          Namespace,
          MetricName: Name,
          Dimensions: names.map((name) => ({ Name: name, Value: String(line[name]) })),
        }),
        at: Timestamp,
        value: Number(line[Name]),
      })),
    ),
  );
}

/** A deployed alarm's queries, always in the form of metric math. */
export function queriesOf(alarm: Readonly<Record<string, unknown>>): readonly Query[] {
  const { Metrics, Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = alarm;
  if (Metrics) return Metrics as Query[];
  const Metric = { Namespace, MetricName, Dimensions } as DeployedMetric;
  const Stat = String(Statistic ?? ExtendedStatistic);
  return [{ Id: 'only', ReturnData: true, MetricStat: { Metric, Period: Number(Period), Stat } }];
}

/** The metrics that a deployed alarm reads. */
export function readBy(alarm: Readonly<Record<string, unknown>>): DeployedMetric[] {
  return queriesOf(alarm).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []));
}

/** The state of a deployed alarm at an instant. Unlike CloudWatch, it does not look back beyond its periods. */
export function stateOf(
  alarm: Readonly<Record<string, unknown>>,
  datapoints: readonly Datapoint[],
  now: number,
): AlarmState {
  const { ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData } = alarm;
  const treated = { breaching: true, notBreaching: false }[String(TreatMissingData)];
  const periods = Array.from({ length: Number(EvaluationPeriods) }, (_, back) => {
    const value = comparedValue(queriesOf(alarm), datapoints, now, back);
    return value === undefined ? treated : isBreaching(String(ComparisonOperator), value, Number(Threshold));
  });
  return periods.filter(Boolean).length >= Number(DatapointsToAlarm) ? 'ALARM' : 'OK';
}

function isBreaching(operator: string, value: number, threshold: number): boolean {
  if (operator === 'GreaterThanThreshold') return value > threshold;
  if (operator === 'LessThanThreshold') return value < threshold;
  throw new Error(`no alarm has had ${operator} yet`);
}

/** The value that an alarm compares, `back` periods ago. */
function comparedValue(queries: readonly Query[], datapoints: readonly Datapoint[], now: number, back: number) {
  const values = queries.flatMap(({ Id, MetricStat }): [string, number | undefined][] => {
    if (!MetricStat) return [];
    const length = MetricStat.Period * 1000;
    const end = now - back * length;
    const identity = identityOf(MetricStat.Metric);
    const within = datapoints.filter(({ metric, at }) => metric === identity && at > end - length && at <= end);
    return [[Id, statistic(MetricStat.Stat, within)]];
  });
  const result = queries.find(({ ReturnData }) => ReturnData);
  return result?.Expression
    ? calculated(result.Expression, Object.fromEntries(values))
    : new Map(values).get(result?.Id ?? '');
}

function statistic(name: string, datapoints: readonly Datapoint[]): number | undefined {
  const values = datapoints.map(({ value }) => value);
  if (values.length === 0) return undefined;
  if (name === 'SampleCount') return values.length;
  if (name === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  if (name === 'Maximum') return Math.max(...values);
  throw new Error(`no metric of ours has been read as ${name} yet`);
}

type Value = number | undefined;

/** A formula for one period, with the functions as CloudWatch describes them. `undefined` means no value. */
export function calculated(formula: string, values: Readonly<Record<string, Value>>): Value {
  const known = (list: readonly Value[]) => list.filter((value) => value !== undefined);
  const functions = {
    FILL: (value: Value | readonly Value[], filling: number) =>
      Array.isArray(value) ? value.map((one) => one ?? filling) : (value ?? filling),
    METRICS: () => Object.values(values),
    SUM: (list: readonly Value[]) => known(list).reduce((sum, value) => sum + value, 0),
  };
  const names = { ...functions, ...values };
  const result: Value = new Function(...Object.keys(names), `return ${formula}`)(...Object.values(names));
  return Number.isNaN(result) ? undefined : result;
}
