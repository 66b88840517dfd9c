import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeTableCommand,
  type DynamoDBClient,
  paginateScan,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { logGroups } from './function-logs.ts';
import { changedSettings, LOG_DAYS, throughApi } from './later-settings.ts';
import type { Ledger } from './ledger.ts';
import { checkNothingUntold, isEvent, type Subscriptions } from './published.ts';
import { deploy, listAll, type Rehearsal, type Shown } from './rehearsal.ts';
import { equal, holds, note } from './report.ts';
import { putOwnTokens, type Tokens } from './secrets.ts';
import { anotherWebhook, signed } from './telnyx.ts';
import { first } from './webhooks.ts';

/** Deploys over live data, with rotated keys and a shorter log retention, while webhooks come in. */
export async function deployOverLiveData(rehearsal: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<Ledger> {
  const { aws, telnyx } = rehearsal;
  const { keys, nextKeys } = telnyx;
  const before = await listAll(ledger, tokens.read);
  const rotated = anotherWebhook(telnyx);
  const early = await ledger.post(rotated.body, signed(nextKeys, rotated.body));
  equal('a webhook signed with the new key, before: 401', early.status, 401);

  const traffic = startTraffic(rehearsal, ledger);
  const deployed = deploy(rehearsal, changedSettings(rehearsal)).finally(traffic.stop);
  // Wait for both: if the deployment failed while webhooks still came in, the process would end and leave MiniStack
  // running.
  const [{ posted, refused }, after] = await Promise.all([traffic.ended, deployed]);

  equal('same URLs', [after.webhookUrl, after.apiUrl], [ledger.webhookUrl, ledger.apiUrl]);
  const late = await after.post(rotated.body, signed(nextKeys, rotated.body));
  equal('a webhook signed with the new key, after: 200', [late.status, late.body], [200, { result: 'stored' }]);
  const old = anotherWebhook(telnyx);
  equal('one signed with the old key: 200', (await after.post(old.body, signed(keys, old.body))).status, 200);
  const days = [...new Set((await logGroups(aws)).values())];
  equal(`each log group keeps its lines for ${LOG_DAYS} days`, days, [LOG_DAYS]);
  note(`${posted.length} webhooks came during the deployment; ${refused} had to be sent again`);
  const held = await listAll(after, tokens.read);
  equal('nothing is lost and nothing changed', difference([...before.map(({ id }) => id), ...posted], held), []);
  equal('the data from before are unchanged', unchanged(before, held), before);
  return after;
}

/** `cdk destroy` of the service, which holds no data, and a deployment that finds all the data again. */
export async function destroyAndDeploy(
  rehearsal: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  subscriptions: Subscriptions,
): Promise<Ledger> {
  const { cdk, dynamodb, telnyx } = rehearsal;
  const settings = throughApi(rehearsal);
  const before = await listAll(ledger, tokens.read);
  const tables = Object.values(ledger.tables);
  const rows = await rowCounts(dynamodb, tables);
  const own = await putOwnTokens(rehearsal, ledger, tokens.generated);
  await cdk.destroy('PortInLedger-Service', settings);
  const { body } = first(telnyx.documented);
  const gone = await ledger.post(body, signed(telnyx.keys, body));
  holds('the webhook URL is gone', gone.status === 403 || gone.status === 404, gone);
  equal('all tables still hold their rows', await rowCounts(dynamodb, tables), rows);

  const after = await deploy(rehearsal, settings);
  holds('the webhook URL is another one', after.webhookUrl !== ledger.webhookUrl, after.webhookUrl);
  equal('the tables are the same', after.tables, ledger.tables);
  equal('the list is the same', await listAll(after, tokens.read), before);
  for (const [name, token] of Object.entries({ 'the generated': tokens.operate, 'an own': own.operate })) {
    equal(`${name} token opens it`, (await after.call('GET', '/v2/porting/events', token)).status, 200);
  }
  const { result } = await after.invoke('sync-events', '{}');
  equal('the sync continues', result.status, 'complete');
  const age = Date.now() - Date.parse(result.from ?? '');
  holds('from where it stopped, not from the beginning', age < 30 * 60_000, result);
  const next = anotherWebhook(telnyx);
  await after.post(next.body, signed(telnyx.keys, next.body));
  const told = await subscriptions.everything.first(isEvent(next.id));
  holds('the next webhook is on the queue, by a rule that was made before', told !== undefined, next);
  await checkNothingUntold(after, tokens, subscriptions);
  return after;
}

/** The data stack can only be deleted by hand, and even then its data stay. */
export async function checkDataStays(
  rehearsal: Rehearsal,
  ledger: Ledger,
  { everything, action }: Subscriptions,
): Promise<void> {
  const { aws, cdk, dynamodb, secrets } = rehearsal;
  const settings = throughApi(rehearsal);
  const tables = Object.values(ledger.tables);
  const values = () =>
    Promise.all(
      [ledger.apiKeySecret, ledger.tokensSecret].map(async (SecretId) => {
        return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
      }),
    );
  const held = await values();
  const rows = await rowCounts(dynamodb, tables);
  const destroyed = await cdk.destroy('PortInLedger-Data', settings).then(
    () => 'it was destroyed',
    (error: Error) => error.message,
  );
  holds('cdk destroy of the data stack is refused', /TerminationProtection/i.test(destroyed), destroyed);
  const StackName = 'PortInLedger-Data';
  const EnableTerminationProtection = 'false';
  await aws.query('cloudformation', { Action: 'UpdateTerminationProtection', StackName, EnableTerminationProtection });
  // AWS does not delete a bus that still has rules.
  for (const { remove } of [everything, action]) await remove();
  await cdk.destroy(StackName, settings);
  equal('without its protection it is deleted, and the tables stay', await rowCounts(dynamodb, tables), rows);
  equal('and so do the secrets', await values(), held);
  for (const TableName of tables) {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    equal(`${TableName} is protected from deletion`, Table?.DeletionProtectionEnabled, true);
  }
}

/** Posts webhooks until it is stopped, each until it is answered 200, as Telnyx does. */
function startTraffic({ telnyx }: Rehearsal, ledger: Ledger) {
  let isStopped = false;
  const send = async () => {
    const posted: string[] = [];
    let refused = 0;
    while (!isStopped) {
      const { id, body } = anotherWebhook(telnyx);
      while ((await ledger.post(body, signed(telnyx.keys, body))).status !== 200) {
        refused += 1;
        await sleep(250);
      }
      posted.push(id);
      await sleep(100);
    }
    return { posted, refused };
  };
  return {
    ended: send(),
    stop: () => {
      isStopped = true;
    },
  };
}

/** How many rows each table holds, or that it is gone. */
async function rowCounts(
  client: DynamoDBClient,
  tables: readonly string[],
): Promise<readonly (number | 'the table is gone')[]> {
  const count = async (TableName: string) => {
    let rows = 0;
    for await (const { Count = 0 } of paginateScan({ client }, { TableName, Select: 'COUNT' })) rows += Count;
    return rows;
  };
  return Promise.all(
    tables.map((table) =>
      count(table).catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return 'the table is gone' as const;
        throw error;
      }),
    ),
  );
}

/** The ids that are missing from the list. */
function difference(expected: readonly string[], held: readonly Shown[]): readonly string[] {
  const known = new Set(held.map(({ id }) => id));
  return expected.filter((id) => !known.has(id));
}

function unchanged(before: readonly Shown[], held: readonly Shown[]): readonly (Shown | undefined)[] {
  const known = new Map(held.map((event) => [event.id, event]));
  return before.map(({ id }) => known.get(id));
}
