/**
 * Signals a program that was started with `detached`, and everything that it has started.
 *
 * @returns whether there was anything left to signal
 */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): boolean {
  try {
    return pid !== undefined && process.kill(-pid, signal);
  } catch {
    return false;
  }
}
