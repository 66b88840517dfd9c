/** When the prices below were looked up, without AWS's own price list: check them there before you rely on them. */
export const PRICED_ON = '2026-11-25';

/** A list price in us-east-1, in US dollars, of the first tier, without a free tier. */
export interface Price {
  readonly dollars: number;
  readonly unit: string;
  readonly for: string;
}

export const prices = {
  lambdaRequest: { dollars: 0.2e-6, unit: 'request', for: 'Lambda, requests' },
  lambdaTime: { dollars: 0.0000133334, unit: 'GB-second', for: 'Lambda, time (arm64)' },
  write: { dollars: 0.625e-6, unit: 'write request unit', for: 'DynamoDB, writes (on demand)' },
  read: { dollars: 0.125e-6, unit: 'read request unit', for: 'DynamoDB, reads (on demand)' },
  storage: { dollars: 0.25, unit: 'GB-month', for: 'DynamoDB, storage' },
  recovery: { dollars: 0.2, unit: 'GB-month', for: 'DynamoDB, point-in-time recovery' },
  busEvent: { dollars: 1e-6, unit: 'event', for: 'EventBridge, events on the bus' },
  schedule: { dollars: 1e-6, unit: 'invocation', for: 'EventBridge Scheduler' },
  apiRequest: { dollars: 1e-6, unit: 'request', for: 'API Gateway, HTTP API' },
  metric: { dollars: 0.3, unit: 'metric-month', for: 'CloudWatch, metrics' },
  alarm: { dollars: 0.1, unit: 'metric-month', for: 'CloudWatch, alarms' },
  log: { dollars: 0.5, unit: 'GB', for: 'CloudWatch Logs, ingestion' },
  logStorage: { dollars: 0.03, unit: 'GB-month', for: 'CloudWatch Logs, storage' },
  mail: { dollars: 2 / 100_000, unit: 'mail', for: 'SNS, mails of findings and alarms' },
  queueRequest: { dollars: 0.4e-6, unit: 'request', for: 'SQS, requests' },
  secret: { dollars: 0.4, unit: 'secret-month', for: 'Secrets Manager, secrets' },
  secretCall: { dollars: 0.05 / 10_000, unit: 'call', for: 'Secrets Manager, calls' },
  transfer: { dollars: 0.09, unit: 'GB', for: 'Data transfer to the internet' },
} as const satisfies Record<string, Price>;

export type Priced = keyof typeof prices;

/** The part of CloudWatch and SQS that is free for an account each month, permanently, whatever else it uses. */
export const freeEachMonth = { metric: 10, alarm: 10, queueRequest: 1_000_000 } as const satisfies Partial<
  Record<Priced, number>
>;
