/** Tasks in one strict order of due time. Times are milliseconds since the start, without pauses. */
export interface Agenda {
  /** Tasks due at the same time run in the order in which they were added. */
  at(due: number, task: () => void): void;
  pause(): void;
  resume(): void;
}

// Node's timers take no more than 31 bits; a task that wakes too early waits again.
const longestTimeout = 2 ** 31 - 1;

/** An agenda that runs in real time. A single timer keeps the order even when the machine is slow. */
export const startAgenda = (): Agenda => {
  const notes: { due: number; task: () => void }[] = [];
  let spent = 0;
  let runningSince: number | undefined = performance.now();
  let timer: NodeJS.Timeout | undefined;

  const elapsed = (): number => spent + (runningSince === undefined ? 0 : performance.now() - runningSince);

  const waitForNext = (): void => {
    clearTimeout(timer);
    const next = notes[0];
    if (!next || runningSince === undefined) return;
    timer = setTimeout(happen, Math.min(Math.max(next.due - elapsed(), 0), longestTimeout));
  };

  const happen = (): void => {
    // Up to now, not until it is empty: tasks that add others faster than time passes would never let other code run.
    const now = elapsed();
    while (runningSince !== undefined && notes[0] && notes[0].due <= now) notes.shift()?.task();
    waitForNext();
  };

  return {
    at(due, task) {
      const before = notes.findLastIndex((note) => note.due <= due);
      notes.splice(before + 1, 0, { due, task });
      if (before === -1) waitForNext();
    },
    pause() {
      spent = elapsed();
      runningSince = undefined;
      clearTimeout(timer);
    },
    resume() {
      runningSince ??= performance.now();
      waitForNext();
    },
  };
};
