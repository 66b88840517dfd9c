/**
 * Reads an environment variable that the function cannot work without.
 *
 * @throws when it is missing or empty, at boot rather than at the first event; the message names the variable
 */
export function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is not set. infra/service.ts says what belongs in it.`);
  return value;
}
