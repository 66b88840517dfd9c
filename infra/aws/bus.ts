import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { output } from './names.ts';

/**
 * Adds the event bus that others build on. Its name comes from the stack's.
 *
 * It has no archive: that would be a second store of all payloads, with a retention of its own, beside the table that
 * keeps every event anyway.
 */
export function addBus(scope: Construct): EventBus {
  const bus = new EventBus(scope, 'Bus', { description: 'port-in-ledger: what happens to port-in orders' });
  output(scope, 'BusName', bus.eventBusName, 'The event bus: rules on it get every port-in event');
  output(scope, 'BusArn', bus.eventBusArn, 'The same as ARN, as policies and rules of other accounts want it');
  return bus;
}
