import { useEffect, useRef, useState } from 'preact/hooks';
import { NotAnswered } from './api.ts';

/** While the page is visible, everything on it is asked for anew this often. */
export const REFRESH_MS = 30_000;
/** From then on a reader wonders whether anything happens. */
const SLOW_MS = 3_000;

/** What was asked for: the last answer stays while a later one is awaited, or could not be had. */
export interface Live<Data> {
  readonly data: Data | undefined;
  /** Why the last request brought nothing. */
  readonly error: NotAnswered | undefined;
  /** When the data came, in milliseconds since 1970. */
  readonly at: number | undefined;
  readonly isSlow: boolean;
  readonly reload: () => void;
}

/**
 * Loads data, and loads it again every 30 seconds while the page is visible.
 *
 * @param key what is loaded: another key forgets the data
 * @param load gets the data held, undefined at first
 */
export function useLive<Data>(
  key: string,
  load: (signal: AbortSignal, held: Data | undefined) => Promise<Data>,
  everyMs = REFRESH_MS,
): Live<Data> {
  const [state, setState] = useState<Omit<Live<Data>, 'reload'> & { key: string }>(() => nothing(key));
  const latest = useRef(load);
  latest.current = load;
  const run = useRef(() => {});
  useEffect(() => {
    let held: Data | undefined;
    let at = 0;
    let isLoading = false;
    let isWantedAgain = false;
    const ending = new AbortController();
    const set = (change: Partial<Live<Data>>) => {
      if (!ending.signal.aborted)
        setState((before) => ({ ...(before.key === key ? before : nothing(key)), ...change }));
    };
    const now = async () => {
      // What is asked for meanwhile may be more than what is being loaded.
      isWantedAgain = isLoading;
      if (isLoading) return;
      isLoading = true;
      const slow = setTimeout(() => set({ isSlow: true }), SLOW_MS);
      try {
        held = await latest.current(ending.signal, held);
        at = Date.now();
        set({ data: held, error: undefined, at });
      } catch (error) {
        set({ error: error instanceof NotAnswered ? error : new NotAnswered(0, '', String(error)) });
      } finally {
        clearTimeout(slow);
        set({ isSlow: false });
        isLoading = false;
      }
      if (isWantedAgain && !ending.signal.aborted) void now();
    };
    run.current = now;
    void now();
    const whenDue = () => {
      if (document.visibilityState === 'visible' && Date.now() - at >= everyMs - 500) void now();
    };
    const timer = setInterval(whenDue, everyMs);
    document.addEventListener('visibilitychange', whenDue);
    return () => {
      ending.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', whenDue);
    };
  }, [key, everyMs]);
  const { key: _, ...live } = state.key === key ? state : nothing<Data>(key);
  return { ...live, reload: () => run.current() };
}

function nothing<Data>(key: string): Omit<Live<Data>, 'reload'> & { key: string } {
  return { key, data: undefined, error: undefined, at: undefined, isSlow: false };
}

/** The present in milliseconds since 1970, renewed every few seconds: for "40 s ago" and "2 days left". */
export function useNow(everyMs = 10_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
