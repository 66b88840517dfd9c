import { readSetting, readText } from '../porting/settings.ts';

/**
 * Reads an environment variable that the function requires.
 *
 * @param read turns the text into the value; the message that it throws continues after the variable's name
 * @throws when the variable is missing or refused, at boot rather than at the first event; the message names it
 */
export function environment(name: string): string;
export function environment<Value>(name: string, read: (text: string) => Value): Value;
export function environment(name: string, read: (text: string) => unknown = readText): unknown {
  const text = process.env[name];
  if (text !== undefined) return readSetting(`The environment variable ${name}`, text, read);
  throw new Error(`The environment variable ${name} is not set. See infra/service.ts for its value.`);
}
