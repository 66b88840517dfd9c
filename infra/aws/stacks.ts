import { type App, Tags } from 'aws-cdk-lib';
import { DataStack } from './data-stack.ts';
import { ServiceStack } from './service-stack.ts';
import type { Settings } from './settings.ts';

/** The two stacks of a ledger. */
export interface Stacks {
  readonly data: DataStack;
  readonly service: ServiceStack;
}

/** Adds both stacks, for whatever account and Region they are deployed to. */
export function addStacks(app: App, settings: Settings): Stacks {
  Tags.of(app).add('application', 'port-in-ledger');
  const data = new DataStack(app, `${settings.stackPrefix}-Data`);
  const service = new ServiceStack(app, `${settings.stackPrefix}-Service`, { data, settings });
  return { data, service };
}
