/**
 * Takes the place of `@smithy/core/event-streams`, which the SDK imports when an operation streams events. No operation
 * of DynamoDB, EventBridge, Secrets Manager, SNS or SQS does. Because the import is dynamic, esbuild would keep all of
 * what it reaches.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error('The bundles carry no event streams. If an operation needs them: infra/bundling.ts.');
  }
}
