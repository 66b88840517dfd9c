import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { FunctionName, QueueName, SecretName, TableName } from '../service.ts';

/** What outlives the service: the tables, the secrets, and the bus that other people's rules depend on. */
export interface Data {
  /** `events` and `orders` hold what happened; `control` what the service knows about its own work. */
  readonly tables: Readonly<Record<TableName, Table>>;
  /**
   * `telnyxApiKey` is empty until you put the key in; the deployment generates the first tokens in `apiTokens`;
   * `chatWebhooks` is there with `chatNotices`.
   */
  readonly secrets: Readonly<Record<Exclude<SecretName, 'chatWebhooks'>, Secret>> & { readonly chatWebhooks?: Secret };
  /** Gets every port-in event: add rules to it. */
  readonly bus: EventBus;
}

/** The Lambda functions of the service, by name. */
export type Functions = Readonly<Record<FunctionName, LambdaFunction>>;

/** The topics: `notices` only with `noticeEmail`. */
export interface Topics {
  readonly alarms: Topic;
  readonly notices?: Topic;
}

/** The queues of work that failed for good, by name. */
export type FailureQueues = Readonly<Record<QueueName, Queue>>;

/** What processes the data, and how others reach it. */
export interface Service {
  readonly functions: Functions;
  readonly api: HttpApi;
  /** Without a slash at the end. A Telnyx SDK takes it with `/v2` as its base URL. */
  readonly apiUrl: string;
  /** To be registered at Telnyx. */
  readonly webhookUrl: string;
  readonly topics: Topics;
  readonly queues: FailureQueues;
}
