import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import type { Aws } from './aws.ts';
import type { Cdk, Settings } from './cdk.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { equal, note } from './report.ts';
import { referToSecretsByArn } from './secret-references.ts';
import type { Telnyx } from './telnyx.ts';

/** What the steps work with. */
export interface Rehearsal {
  readonly aws: Aws;
  readonly cdk: Cdk;
  readonly secrets: SecretsManagerClient;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly telnyx: Telnyx;
  /** Of every command that reaches the emulator: its endpoint and test credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder of the AWS CLI's command. */
  readonly awsCli: string;
  /** Everything that the rehearsal writes is in it. */
  readonly folder: string;
  /** The settings of the first deployment. */
  readonly settings: Settings;
}

/** An event as the ledger shows it. */
export interface Shown {
  readonly id: string;
  readonly event_type: string;
  readonly porting_order_id: string;
  readonly created_at: string;
  readonly payload: unknown;
  readonly ledger: {
    readonly first_seen_by: string;
    readonly webhook_deliveries: number;
    readonly republish_count: number;
    readonly published_at: string | null;
    readonly missed_at: string | null;
    readonly recovered_at: string | null;
  };
}

export interface Listed {
  readonly data: readonly Shown[];
  readonly meta: Readonly<Record<'page_number' | 'page_size' | 'total_pages' | 'total_results', number>>;
}

/** Runs `cdk deploy --all`. Returns the ledger that it made. */
export async function deploy({ aws, cdk, secrets }: Rehearsal, settings: Settings): Promise<Ledger> {
  const outputs = await cdk.deploy(settings);
  const changed = await referToSecretsByArn(aws, secrets);
  if (changed > 0) note(`${changed} policies now name their secrets by ARN, as CloudFormation's Ref does on AWS`);
  return ledgerOf(aws, outputs);
}

/** One page of the list. */
export async function list(
  ledger: Ledger,
  token: string,
  query: Readonly<Record<string, string | number>>,
): Promise<Listed> {
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const { status, body } = await ledger.call('GET', `/v2/porting/events?${parameters.join('&')}`, token);
  if (status !== 200) equal(`GET /v2/porting/events?${parameters.join('&')}`, { status, body }, { status: 200 });
  return body as Listed;
}

/** The list, all pages of it. */
export async function listAll(
  ledger: Ledger,
  token: string,
  query: Readonly<Record<string, string | number>> = {},
): Promise<readonly Shown[]> {
  const events: Shown[] = [];
  for (let number = 1; ; number += 1) {
    const { data, meta } = await list(ledger, token, { 'page[size]': 250, ...query, 'page[number]': number });
    events.push(...data);
    if (number >= meta.total_pages) return events;
  }
}

/** Shows one event. */
export async function show(
  ledger: Ledger,
  token: string,
  id: string,
): Promise<{ status: number; event: Shown | undefined }> {
  const { status, body } = await ledger.call('GET', `/v2/porting/events/${id}`, token);
  return { status, event: (body as { data?: Shown }).data };
}

/** The event without what the ledger adds: Telnyx's own record. */
export function record({ ledger: _, ...record }: Shown): PortingEvent {
  return record as PortingEvent;
}
