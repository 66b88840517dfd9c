import { constructId } from '../../infra/aws/names.ts';
import { type Schedule as Described, notifying, schedules } from '../../infra/service.ts';
import type { Aws } from './aws.ts';
import type { Ledger } from './ledger.ts';
import { equal } from './report.ts';

/** A deployed schedule, as EventBridge Scheduler holds it. */
export interface Schedule {
  readonly Name: string;
  readonly State: string;
  readonly ScheduleExpression: string;
  readonly Target: { readonly Arn: string; readonly Input: string };
}

// The rehearsal's ledger notifies no one.
const onAws = schedules.filter((schedule) => schedule.runs && schedule.function !== notifying);

/** The deployed schedules, by their names in service.ts. */
export async function deployedSchedules(aws: Aws): Promise<ReadonlyMap<string, Schedule>> {
  const { body } = await aws.rest('scheduler', 'GET', '/schedules');
  const names = (body as { Schedules: { Name: string }[] }).Schedules.map(({ Name }) => Name);
  const deployed = new Map<string, Schedule>();
  for (const { name } of onAws) {
    const physical = names.find((one) => one.startsWith(`PortInLedger-Service-${constructId(name)}Schedule`));
    if (!physical) throw new Error(`no schedule ${name} among ${names}`);
    const answer = await aws.rest('scheduler', 'GET', `/schedules/${physical}?groupName=default`);
    deployed.set(name, answer.body as Schedule);
  }
  return deployed;
}

/** The input that a deployed schedule hands over. */
export async function payloadOf(aws: Aws, name: string): Promise<string> {
  return (await scheduleNamed(aws, name)).Target.Input;
}

export async function scheduleNamed(aws: Aws, name: string): Promise<Schedule> {
  const found = (await deployedSchedules(aws)).get(name);
  if (!found) throw new Error(`service.ts has no schedule ${name}`);
  return found;
}

/** Switches a schedule off while `act` runs. */
export async function withoutSchedule<Result>(aws: Aws, name: string, act: () => Promise<Result>): Promise<Result> {
  const { Name, ...schedule } = await scheduleNamed(aws, name);
  const path = `/schedules/${Name}`;
  await aws.rest('scheduler', 'PUT', path, { ...schedule, State: 'DISABLED' });
  equal(`the schedule ${name} is off`, (await scheduleNamed(aws, name)).State, 'DISABLED');
  const result = await act();
  await aws.rest('scheduler', 'PUT', path, { ...schedule, State: 'ENABLED' });
  return result;
}

/** Every schedule of service.ts is there, and no other. */
export async function checkSchedules(aws: Aws, ledger: Ledger): Promise<void> {
  const deployed = await deployedSchedules(aws);
  equal(
    `${onAws.length} schedules are enabled, each with its time, its function and its input`,
    [...deployed].map(([name, { State, ScheduleExpression, Target }]) => [
      name,
      State,
      ScheduleExpression,
      Target.Arn.split(':').at(-1),
      Target.Input,
    ]),
    onAws.map(({ name, function: target, runs, input }) => [
      name,
      'ENABLED',
      expressionOf(runs),
      ledger.functions[target],
      JSON.stringify(input),
    ]),
  );
}

function expressionOf(runs: Described['runs']): string {
  if (!runs) throw new Error('This schedule is not on AWS.');
  if ('everyMinutes' in runs) return `rate(${runs.everyMinutes} minute${runs.everyMinutes === 1 ? '' : 's'})`;
  if ('workdaysAt' in runs) throw new Error('Its time is a setting.');
  const [hour, minute] = runs.dailyAt.split(':').map(Number);
  return `cron(${minute} ${hour} * * ? *)`;
}
