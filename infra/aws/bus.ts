import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { output } from './names.ts';

/**
 * Adds the event bus, named after the stack, that others build on.
 *
 * It has no archive: that would be a second store of all payloads, with its own retention, beside the table that keeps
 * every event anyway.
 */
export function addBus(scope: Construct): EventBus {
  const bus = new EventBus(scope, 'Bus', { description: 'port-in-ledger: what happens to port-in orders' });
  output(scope, 'BusName', bus.eventBusName, 'The event bus: rules on it get every port-in event');
  output(scope, 'BusArn', bus.eventBusArn, 'Its ARN, for policies and rules in other accounts');
  return bus;
}
