/**
 * Reads an environment variable that the function cannot work without.
 *
 * @param read checks its value, or makes something of it; what it throws follows the variable's name
 * @throws when it is missing, empty or bad, at boot rather than at the first event; the message names the variable
 */
export function environment(name: string, read = (text: string) => text): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is not set. infra/service.ts says what belongs in it.`);
  try {
    return read(value);
  } catch (error) {
    throw new Error(`The environment variable ${name} ${(error as Error).message}.`, { cause: error });
  }
}
