import { Names, Stack, Tags } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { LedgerData } from './ledger-data.ts';
import { LedgerService } from './ledger-service.ts';
import { addDataOutputs, addServiceOutputs } from './outputs.ts';
import type { Data, Service } from './parts.ts';
import type { PortInLedgerProps } from './props.ts';
import { readProps } from './settings.ts';

/** What `grantRead` allows. Not Scan: on a table that grows for years, one costs more than the ledger in a month. */
const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];

/**
 * A ledger of Telnyx port-in events: receives webhooks, lists the Events API, keeps every event in DynamoDB, and
 * publishes it on an event bus.
 *
 * It goes into any stack, beside what else is there, and one app may have several. When the stack is deleted, the
 * tables and secrets are retained.
 *
 * @example
 * const ledger = new PortInLedger(this, 'Ledger', { telnyxPublicKey: '...', alarmEmail: 'oncall@example.com' });
 * ledger.addOutputs();
 */
export class PortInLedger extends Construct implements Data, Service {
  readonly tables: Data['tables'];
  readonly secrets: Data['secrets'];
  readonly bus: Data['bus'];
  readonly functions: Service['functions'];
  readonly api: Service['api'];
  readonly apiUrl: string;
  readonly webhookUrl: string;
  readonly topics: Service['topics'];
  readonly queues: Service['queues'];

  /** @throws {SettingsError} with one line for each property that has a wrong value or name */
  constructor(scope: Construct, id: string, props: PortInLedgerProps) {
    super(scope, id);
    // With the stack's name, so that it differs from that of any ledger of the account and Region.
    const settings = readProps(props, Names.uniqueResourceName(this, { maxLength: 60, separator: '-' }));
    const data = new LedgerData(this, 'Data', settings);
    const service = new LedgerService(this, 'Service', data, settings);
    this.tables = data.tables;
    this.secrets = data.secrets;
    this.bus = data.bus;
    this.functions = service.functions;
    this.api = service.api;
    this.apiUrl = service.apiUrl;
    this.webhookUrl = service.webhookUrl;
    this.topics = service.topics;
    this.queues = service.queues;
    Tags.of(this).add('application', 'port-in-ledger');
  }

  /**
   * Adds the outputs of the repository's own stacks to this one, under the same names: `port-in-ledger setup` looks for
   * them. One ledger of a stack can have them.
   */
  addOutputs(): void {
    addDataOutputs(Stack.of(this), this);
    addServiceOutputs(Stack.of(this), this);
  }

  /** Allows reading events and orders by their keys and indexes. docs/data.md describes the rows. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    const { events, orders } = this.tables;
    return events.grant(grantee, ...READ).combine(orders.grant(grantee, ...READ));
  }
}
