import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openBus } from '../bus/bus.ts';
import { topicMailer } from '../bus/topic.ts';
import { environment } from '../lambda/environment.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { readConsole, readHealing, readHealingPerDay, readIfAny, readRunbookUrl } from '../porting/settings.ts';
import { deadLetterCounter } from './dead-letters.ts';
import { writeHeartbeat } from './heartbeat.ts';
import { type Look, look, type Watcher } from './look.ts';

const ledgerName = environment('LEDGER_NAME');
const topic = environment('ALARM_TOPIC', readIfAny);
const scheduledRuns = environment('DEAD_LETTERS_QUEUE', readIfAny);
const streamBatches = environment('FAILED_BATCHES_QUEUE', readIfAny);

const watcher: Watcher = {
  store: {
    client: new DynamoDBClient(patience(5_000)),
    events: environment('EVENTS_TABLE'),
    orders: environment('ORDERS_TABLE'),
    control: environment('CONTROL_TABLE'),
  },
  bus: openBus(environment('EVENT_BUS')),
  mailer: topic === undefined ? undefined : topicMailer(topic),
  sender: {
    ledgerName,
    apiUrl: environment('API_URL'),
    hasConsole: environment('CONSOLE', readConsole) === 'on',
    runbookUrl: environment('RUNBOOK_URL', readRunbookUrl),
  },
  healing: { mode: environment('HEALING', readHealing), perDay: environment('HEALING_PER_DAY', readHealingPerDay) },
  countDeadLetters:
    scheduledRuns === undefined || streamBatches === undefined
      ? undefined
      : deadLetterCounter({ scheduledRuns, streamBatches }),
  heartbeat: (findings) => writeHeartbeat(ledgerName, findings, Date.now()),
};

/** Judges the ledger's health on a schedule, and tells what it finds. It ignores the event. */
export function handler(): Promise<Look> {
  return look(watcher, Date.now());
}

export const warmUp = () => warmUpStore(watcher.store);
