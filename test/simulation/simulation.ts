import { createRandom } from '../../infra/local/simulator/random.ts';
import { openSimulatedBus } from './bus.ts';
import { assignedTo, type Input, openDynamoDb } from './dynamodb.ts';
import { openEngine } from './engine.ts';
import { watchForFalseAlarms } from './false-alarms.ts';
import { type Launch, loadReceiver, openFunctions, type Sabotage, storeOf } from './functions.ts';
import { drawLives } from './lives.ts';
import { judge, type Verdict } from './oracle.ts';
import { enterSimulation } from './patches.ts';
import { drawPlan, type Part, type Plan } from './plan.ts';
import { type Fate, type Process, type Surroundings, start } from './processes.ts';
import { watchReadings } from './readings.ts';
import { runSchedule } from './schedule.ts';
import { openStream } from './stream.ts';
import { openTelnyx } from './telnyx.ts';
import { startTimeline } from './timeline.ts';
import { openTruth } from './truth.ts';
import { sendWebhooks } from './webhooks.ts';

export interface Breakage extends Sabotage {
  /** Changes a request to DynamoDB on its way. */
  readonly tamper?: (process: Process, operation: string, input: Input) => Input;
  /** Changes what the seed drew. */
  readonly plan?: (plan: Plan) => Plan;
}

/**
 * Lives through a seed: Telnyx's account, the ledger, its publisher and a consumer, under the faults that the seed
 * draws. Then the faults end, time passes, and the oracle compares what Telnyx lists, what the ledger holds and what
 * was published.
 *
 * @param breakage how a test breaks the ledger
 */
export async function simulate(seed: number, breakage: Breakage = {}): Promise<Verdict> {
  const handler = await loadReceiver();
  epoch += 1;
  const plan = breakage.plan?.(drawPlan(seed)) ?? drawPlan(seed);
  const timeline = startTimeline(plan.begins);
  const { now } = timeline;
  const happenings = drawLives(plan);
  const engine = await openEngine();
  const truth = openTruth(engine, happenings, now);
  const output: string[] = [];
  const lines: string[] = [];
  const trace = (process: Process | undefined, text: string): void => {
    lines.push(`${new Date(now()).toISOString().slice(5, 23)} ${process ? `${process.name}: ` : ''}${text}`);
  };
  const isOut = (part: Part): boolean =>
    plan.outages.some((outage) => outage.part === part && outage.from <= now() && now() < outage.to);
  const randomFor = (what: string) => createRandom(`${seed}/${what}`);

  const world = { plan, timeline, isOut, trace };
  const telnyx = openTelnyx({ ...world, random: randomFor('telnyx') }, happenings);
  const alarms = watchForFalseAlarms({ plan, truth, happenings, now });
  const readings = watchReadings(truth, telnyx.orders, now);
  const onEvent: typeof alarms.onEvent = (process, event) => {
    alarms.onEvent(process, event);
    readings.onEvent(process, event);
  };
  const bus = openSimulatedBus({ ...world, random: randomFor('bus'), onEvent });
  const onWrite = async (write: Parameters<typeof truth.onWrite>[0]): Promise<void> => {
    if (write.table === 'events' && assignedTo(write.input, 'unpublished')) stream(write.id);
    alarms.onWrite(write);
    readings.onWrite(write);
    await truth.onWrite(write);
  };
  const onForbidden = (what: string): void => truth.violate('grants', what);
  const surroundings: Surroundings = {
    timeline,
    onOutput: (process, text) => {
      output.push(text);
      trace(process, text.trim().slice(0, 200));
    },
    onDynamoDb: openDynamoDb({ ...world, onWrite, onForbidden, tamper: breakage.tamper }, engine),
    onPutEvents: bus.put,
    onFetch: telnyx.fetch,
  };

  let processes = 0;
  const generations = new Map<string, number>();
  const launch: Launch = async (name, limits, work) => {
    processes += 1;
    const random = randomFor(`process ${processes}`);
    const isCalm = now() >= plan.calm;
    const fate = isCalm ? undefined : drawFate(plan, random, name);
    const generation = generations.get(name) ?? 0;
    // A function has several execution environments; one that dies is gone, with everything it remembers.
    const environment = `${seed}.${epoch}.${name}.${generation}.${random.integer(1, 2)}`;
    const about = { name: `${name}#${processes}`, surroundings, random, fate, ...limits };
    trace(undefined, `starts ${about.name}`);
    const ending = await start(about, () => work(storeOf(environment)));
    if (ending.how === 'died') generations.set(name, generation + 1);
    if (ending.how === 'threw') trace(undefined, `${about.name} throws ${ending.error}`);
    if (isCalm && ending.how === 'threw')
      truth.violate('works', `${about.name} throws ${ending.error} without a fault`);
    return ending;
  };
  // Before the SDKs are set up, because they capture the globals that they find.
  const leave = enterSimulation();
  const functions = openFunctions(plan, now, handler, launch, breakage);
  const stream = openStream({ ...world, random: randomFor('stream'), publish: functions.publish });
  const webhooks = sendWebhooks(
    {
      ...world,
      random: randomFor('webhooks'),
      receive: functions.receive,
      async onAnswer(id, answer) {
        trace(undefined, `the webhook ${id} is answered with ${answer?.status ?? 'nothing'}`);
        if (answer?.status !== 200) return;
        if (!(await engine.row('events', { id: { S: id } }))) truth.violate('I6', 'a 200, and no row', [id]);
      },
    },
    happenings,
  );

  try {
    await runSchedule({ ...world, random: randomFor('schedule'), functions, engine, truth });
    return await judge({
      ...world,
      happenings,
      telnyx,
      bus,
      engine,
      truth,
      launch,
      secrets: webhooks.signatures,
      output,
      lines,
    });
  } finally {
    leave();
  }
}

/** Gives each run of a seed new environments: modules remember what they have recorded. */
let epoch = 0;

function drawFate(plan: Plan, random: ReturnType<typeof createRandom>, name: string): Fate | undefined {
  const request = random.integer(1, name === 'receive-webhook' ? 3 : random.pick([3, 10, 40]));
  if (random.chance(plan.deaths)) return { request, what: random.pick(['dies before', 'dies after'] as const) };
  if (!random.chance(plan.stalls)) return undefined;
  return { request, what: { standsStillFor: random.pick([3_000, 20_000, 100_000, 400_000]) * random.between(0.5, 1) } };
}
