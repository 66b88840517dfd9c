import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { webhook } from '../service.ts';
import { addAlarms } from './alarms.ts';
import { addApi } from './api.ts';
import { addFailureQueues } from './failure-queue.ts';
import { addFunctions, tellAddresses } from './functions.ts';
import type { Data, Service } from './parts.ts';
import { addRules } from './rules.ts';
import { addSchedules } from './schedules.ts';
import type { Settings } from './settings.ts';
import { addStreams } from './stream.ts';
import { addTopics } from './topics.ts';

/** The half of a ledger that processes its data. It holds none, so it can be destroyed and deployed again. */
export class LedgerService extends Construct implements Service {
  readonly functions: Service['functions'];
  readonly api: Service['api'];
  readonly apiUrl: string;
  readonly webhookUrl: string;
  readonly topics: Service['topics'];
  readonly queues: Service['queues'];

  constructor(scope: Construct, id: string, data: Data, settings: Settings) {
    super(scope, id);
    this.queues = addFailureQueues(this);
    this.topics = addTopics(this, settings);
    this.functions = addFunctions(this, { ...data, queues: this.queues, topics: this.topics }, settings);
    this.api = addApi(this, this.functions, settings);
    this.apiUrl = this.api.apiEndpoint;
    // Telnyx has no AWS credentials: the function lets it in by its signature.
    this.webhookUrl =
      settings.webhookThrough === 'api'
        ? this.apiUrl + webhook.path
        : this.functions[webhook.function].addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url;
    tellAddresses(this.functions, this);
    addSchedules(this, this.functions, this.queues.deadLetters, settings);
    addRules(this, this.functions, data.bus, this.queues.deadLetters, settings);
    addStreams(this, this.functions, data, this.queues.failedBatches);
    addAlarms(this, this, settings);
  }
}
