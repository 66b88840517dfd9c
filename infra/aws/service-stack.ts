import { CrossStackReferences, ReferenceStrength, Stack } from 'aws-cdk-lib';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { webhook } from '../service.ts';
import { addAlarms } from './alarms.ts';
import { addApi } from './api.ts';
import type { Data } from './data-stack.ts';
import { addFailureQueues } from './failure-queue.ts';
import { addFunctions, tellAddresses } from './functions.ts';
import { output } from './names.ts';
import { addRules } from './rules.ts';
import { addSchedules } from './schedules.ts';
import type { Settings } from './settings.ts';
import { addStreams } from './stream.ts';
import { addTopics } from './topics.ts';

/** The stack that processes the data. It holds none, so it can be destroyed and deployed again at any time. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, name: string, data: Data, settings: Settings) {
    super(scope, name, { description: 'port-in-ledger: functions, API, schedules and alarms. Holds no data.' });
    // CloudFormation then refuses to drop a table or a secret that the service still uses.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    const queues = addFailureQueues(this);
    const topics = addTopics(this, settings);
    const functions = addFunctions(this, { ...data, queues, topics }, settings);
    const api = addApi(this, functions, settings);
    // Telnyx has no AWS credentials: the function lets it in by its signature.
    const webhookUrl =
      settings.webhookThrough === 'api'
        ? api.apiEndpoint + webhook.path
        : functions[webhook.function].addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url;
    tellAddresses(functions, { apiUrl: api.apiEndpoint, webhookUrl });
    addSchedules(this, functions, queues.deadLetters, settings);
    addRules(this, functions, data.bus, queues.deadLetters, settings);
    addStreams(this, functions, data, queues.failedBatches);
    addAlarms(this, { functions, queues, api }, topics.alarms, settings);

    output(this, 'WebhookUrl', webhookUrl, 'Register this URL at Telnyx');
    output(this, 'ApiUrl', api.apiEndpoint, 'The API; a Telnyx SDK takes it with /v2 as its base URL');
    output(this, 'SyncFunction', functions['sync-events'].functionName, 'Invoke it to read the last days again');
  }
}
