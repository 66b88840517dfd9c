import { adviceOn, isOfLevel } from './data-dir.ts';

export interface EngineFaultOptions {
  readonly dataDir: string;
  /** True once requests are taken. */
  readonly isReady: () => boolean;
  readonly log: (line: string) => void;
  /** Ends the process, which cannot start. */
  readonly end: (line: string) => void;
}

/**
 * The embedded engine throws every error of its files uncaught: a full disk would end the whole host. Instead the host
 * continues: a request without an answer times out, and its webhook gets 503, so Telnyx sends it again. The fault is
 * reported once.
 *
 * @returns a handler for uncaught errors; false for an error that is not the engine's
 */
export function engineFaults({ dataDir, isReady, log, end }: EngineFaultOptions): (error: unknown) => boolean {
  const said = new Set<string>();
  return (error) => {
    if (!isOfLevel(error)) return false;
    const advice = adviceOn(dataDir, error);
    if (!isReady()) end(advice);
    else if (!said.has(advice))
      log(`${advice}. Then start again: until then, webhooks get 503, and Telnyx sends them again`);
    said.add(advice);
    return true;
  };
}
