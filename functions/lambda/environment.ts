import { readSetting, readText } from '../porting/settings.ts';

/**
 * Reads an environment variable that the function cannot work without.
 *
 * @param read turns the text into the value; what it throws goes on after the variable's name
 * @throws when it is missing or not accepted, at boot rather than at the first event; the message names the variable
 */
export function environment(name: string): string;
export function environment<Value>(name: string, read: (text: string) => Value): Value;
export function environment(name: string, read: (text: string) => unknown = readText): unknown {
  const text = process.env[name];
  if (text !== undefined) return readSetting(`The environment variable ${name}`, text, read);
  throw new Error(`The environment variable ${name} is not set. infra/service.ts says what belongs in it.`);
}
