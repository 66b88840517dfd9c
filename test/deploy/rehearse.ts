import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ensurePython } from '../python/environment.ts';
import { checkAccess } from './access.ts';
import { checkDataStays, deployOverLiveData, destroyAndDeploy } from './again.ts';
import { checkList, checkRepublish, checkShow } from './api.ts';
import { type Aws, createAws } from './aws.ts';
import { createCdk } from './cdk.ts';
import { checkDetails } from './details.ts';
import { notRun } from './documented.ts';
import { checkLogs, printFunctionLogs } from './function-logs.ts';
import { checkLosses } from './losses.ts';
import { type MiniStack, startMiniStack } from './ministack.ts';
import { checkNotices } from './notices.ts';
import { checkException, checkOrders } from './orders.ts';
import { checkPublished, subscribeAsDocumented } from './published.ts';
import { deploy, type Rehearsal } from './rehearsal.ts';
import { equal, note, step, summary } from './report.ts';
import { checkSchedules } from './schedules.ts';
import { generatedTokens } from './secrets.ts';
import { checkDisconnect, checkSetup } from './setup.ts';
import { checkFailedBatch, checkMappings, checkSweep } from './stream.ts';
import { checkDeadLetter, checkFiredRun, checkFirstRun, checkRunsWithoutKey } from './sync.ts';
import { startTelnyx } from './telnyx.ts';
import { deployThroughApi } from './through-api.ts';
import { checkAlarms, checkRevokedKey, checkStatus } from './watch.ts';
import { checkDocumented, checkDuplicate, checkForged } from './webhooks.ts';
import { checkDeliveryLog, checkMissed, checkRequestedRun } from './work.ts';

/**
 * `npm run test:deploy`: deploys the app to MiniStack with the `cdk` command, and then uses it as its owner, Telnyx,
 * API clients and consumers of the bus do. docs/testing.md says what an emulator cannot show.
 */
const packages = ['ministack==1.5.33', 'trustme==1.2.1'];
/** Runs the commands of the documents. Apart, because each wants a botocore of its own. */
const cliPackages = ['awscli==1.45.11'];
/** It takes two minutes; a run of this length has hung. */
const LONGEST = 20 * 60_000;

const bin = await ensurePython(packages);
const awsCli = await ensurePython(cliPackages);
const begun = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'port-in-ledger-deploy-'));
const closers: (() => unknown)[] = [];
const interrupted = new AbortController();
let ministack: MiniStack | undefined;
let aws: Aws | undefined;

let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isStopped = true;
    interrupted.abort(new Error(`stopped by ${signal}`));
  });
}
const limit = setTimeout(() => interrupted.abort(new Error(`it took more than ${LONGEST / 60_000} minutes`)), LONGEST);

const work = rehearse();
try {
  await Promise.race([
    work,
    new Promise((_, reject) => interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason))),
  ]);
  summary(begun);
} catch (error) {
  process.exitCode = 1;
  console.error(`\nFAILED: ${(error as Error).stack ?? error}`);
  if (!isStopped) await printLogs();
} finally {
  clearTimeout(limit);
  for (const close of closers.toReversed()) await close();
  // Last, when nothing writes into it.
  await Promise.race([work.catch(() => {}), sleep(5_000)]);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
// An interrupted step may still be waiting.
process.exit();

async function printLogs(): Promise<void> {
  if (aws) await printFunctionLogs(aws).catch((reason: unknown) => console.error(`no function logs: ${reason}`));
  if (ministack) console.error(`\nMiniStack\n${await ministack.log()}`);
}

async function rehearse(): Promise<void> {
  const emulator = await step('start MiniStack', () => startMiniStack(bin, folder, interrupted.signal));
  ministack = emulator;
  closers.push(emulator.stop);
  note(`MiniStack ${emulator.version} at ${emulator.endpoint.origin}`);
  equal('it enforces IAM', emulator.auth, 'enabled');
  const telnyx = await startTelnyx();
  closers.push(telnyx.simulator.close);

  const { endpoint, environment } = emulator;
  const region = environment.AWS_REGION ?? '';
  const client = {
    endpoint: endpoint.origin,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  aws = createAws(endpoint, region);
  const rehearsal: Rehearsal = {
    aws,
    cdk: createCdk(environment, folder, interrupted.signal),
    secrets: new SecretsManagerClient(client),
    dynamodb: new DynamoDBClient(client),
    events: new EventBridgeClient(client),
    telnyx,
    environment,
    awsCli,
    folder,
    settings: {
      telnyxPublicKey: telnyx.keys.publicKeyBase64,
      telnyxBaseUrl: telnyx.api.url,
      alarmEmail: 'owner@example.com',
      // An event that the list brings without its webhook is missed at once.
      graceMinutes: '0',
    },
  };

  await step('cdk bootstrap', () => rehearsal.cdk.bootstrap(rehearsal.settings));
  let ledger = await step('cdk deploy --all', () => deploy(rehearsal, rehearsal.settings));
  await step('schedules, streams and alarms', async () => {
    await checkSchedules(rehearsal.aws, ledger);
    await checkMappings(rehearsal, ledger);
    await checkAlarms(rehearsal, ledger);
  });
  const bus = await step('two rules and two queues, as docs/events.md says', () =>
    subscribeAsDocumented(rehearsal, ledger),
  );
  closers.push(bus.everything.close, bus.action.close);
  await step('sync runs without an API key', () => checkRunsWithoutKey(rehearsal, ledger, bus));
  await step('a run that fails permanently', () => checkDeadLetter(rehearsal, ledger));
  const tokens = await step('the tokens are read', () => generatedTokens(rehearsal, ledger));
  await step('setup', () => checkSetup(rehearsal, ledger, tokens));
  await step('the first sync run', () => checkFirstRun(rehearsal, ledger, tokens));
  await step('documented webhooks', () => checkDocumented(rehearsal, ledger, tokens));
  await step('the bus', () => checkPublished(rehearsal, ledger, tokens, bus));
  await step('a duplicate', () => checkDuplicate(rehearsal, ledger, tokens));
  await step('forged webhooks', () => checkForged(rehearsal, ledger, tokens));
  await step('tokens', () => checkAccess(rehearsal, ledger, tokens));
  await step('a revoked key', () => checkRevokedKey(rehearsal, ledger, bus));
  await step('list', () => checkList(rehearsal, ledger, tokens));
  await step('show', () => checkShow(rehearsal, ledger, tokens));
  await step('republish', () => checkRepublish(rehearsal, ledger, tokens));
  await step('the schedule fires', () => checkFiredRun(rehearsal, ledger, tokens));
  await step('with the stream off, the sweep publishes', () => checkSweep(rehearsal, ledger, tokens, bus));
  await step('a batch that fails permanently', () => checkFailedBatch(rehearsal, ledger, tokens, bus));
  await step('an exception', () => checkException(rehearsal, ledger, tokens, bus));
  const losses = await step('losses, duplicates and disorder', () => checkLosses(rehearsal, ledger, tokens, bus));
  closers.push(losses.door.close);
  await step('orders', () => checkOrders(ledger, tokens, losses.held));
  await step('what was missed, and a job', () => checkMissed(rehearsal, ledger, tokens, losses, bus));
  await step("Telnyx's log of deliveries", () => checkDeliveryLog(ledger, tokens, losses));
  await step('a requested sync run', () => checkRequestedRun(rehearsal, ledger, tokens));
  await step('status', () => checkStatus(rehearsal, ledger, tokens));
  ledger = await step('cdk deploy --all over live data', () => deployOverLiveData(rehearsal, ledger, tokens));
  const functionUrl = ledger.webhookUrl;
  ledger = await step('cdk deploy --all, with webhooks through the API', () =>
    deployThroughApi(rehearsal, ledger, tokens, bus),
  );
  await step('setup under another URL, and disconnect', () => checkDisconnect(rehearsal, functionUrl, ledger));
  await step('order details', () => checkDetails(rehearsal, ledger, tokens));
  await step('notices', () => checkNotices(rehearsal, ledger));
  await step('what the functions logged', () => checkLogs(rehearsal, tokens));
  ledger = await step('cdk destroy of the service, and deploy', () => destroyAndDeploy(rehearsal, ledger, tokens, bus));
  equal('every documented block was run', notRun(), []);
  await step('the data stack', () => checkDataStays(rehearsal, ledger, bus));
}
