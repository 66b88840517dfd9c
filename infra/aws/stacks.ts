import { type App, Tags } from 'aws-cdk-lib';
import { DataStack } from './data-stack.ts';
import { ServiceStack } from './service-stack.ts';
import type { Settings } from './settings.ts';

/** Adds the two stacks of a ledger, for any account and Region. */
export function addStacks(app: App, settings: Settings) {
  Tags.of(app).add('application', 'port-in-ledger');
  const data = new DataStack(app, `${settings.stackPrefix}-Data`, settings);
  const service = new ServiceStack(app, `${settings.stackPrefix}-Service`, data, settings);
  return { data, service };
}
