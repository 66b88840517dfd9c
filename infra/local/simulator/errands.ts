/** Work in the background, which `idle` waits for. */
export interface Errands {
  /** Starts one. `signal` asks it to give up; errors after that are ignored. */
  run(errand: (signal: AbortSignal) => Promise<void>): void;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
  /** Makes all give up, and waits until they have. */
  close(): Promise<void>;
}

export const startErrands = (): Errands => {
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  const idle = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  };

  return {
    idle,
    run(errand) {
      const done = errand(closing.signal)
        .catch((error: unknown) => {
          if (!closing.signal.aborted) throw error;
        })
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    close() {
      closing.abort();
      return idle();
    },
  };
};
