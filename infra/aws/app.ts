import { App } from 'aws-cdk-lib';
import { readSettings, SettingsError } from './settings.ts';
import { addStacks } from './stacks.ts';

try {
  const app = new App();
  addStacks(app, readSettings(app.node.getAllContext()));
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  // A mistyped setting needs a message, not a stack trace.
  console.error(error.message);
  process.exitCode = 1;
}
