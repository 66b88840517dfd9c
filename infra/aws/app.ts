import { App } from 'aws-cdk-lib';
import { buildFunctions } from '../build/functions.ts';
import { readSettings } from './settings.ts';
import { SettingsError } from './settings-error.ts';
import { addStacks } from './stacks.ts';

try {
  const app = new App();
  const settings = readSettings(app.node.getAllContext());
  await buildFunctions();
  addStacks(app, settings);
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  // A mistyped setting needs a message, not a stack trace.
  console.error(error.message);
  console.error('Give each as -c name=value, or under "context" in cdk.json.');
  process.exitCode = 1;
}
