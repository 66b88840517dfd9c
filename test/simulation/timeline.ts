import { setImmediate as hop } from 'node:timers/promises';

/** Something scheduled to happen. */
export interface Note {
  cancelled: boolean;
}

/** Virtual time. It stands still while anything runs, then jumps to the next act. */
export interface Timeline {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Schedules an act. Acts at one instant run in the order in which they were scheduled. An act that returns false has
   * changed nothing.
   */
  readonly at: (time: number, act: () => unknown) => Note;
  readonly after: (milliseconds: number, act: () => unknown) => Note;
  /** Reports that something in the simulation has moved on: the timeline waits until nothing does. */
  readonly touch: () => void;
  /** Runs everything that is due before an instant, and then moves to it. */
  readonly runUntil: (time: number) => Promise<void>;
}

interface Due extends Note {
  readonly time: number;
  readonly act: () => unknown;
}

/**
 * A timeline that begins at an instant. Between two acts, every promise that can proceed does so, in the order that the
 * language defines. So only the instants of acts decide the order, and a seed replays exactly.
 */
export function startTimeline(begins: number): Timeline {
  let time = begins;
  let touches = 0;
  // Sorted latest first, so the next act is at the end.
  const notes: Due[] = [];

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      const before = touches;
      await hop();
      quiet = touches === before ? quiet + 1 : 0;
    }
  }

  function at(when: number, act: () => unknown): Note {
    // Clocks show whole milliseconds.
    const due = { time: Math.max(Math.ceil(when), time), act, cancelled: false };
    let low = 0;
    let high = notes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((notes[middle] as Due).time > due.time) low = middle + 1;
      else high = middle;
    }
    notes.splice(low, 0, due);
    return due;
  }

  return {
    now: () => time,
    at,
    after: (milliseconds, act) => at(time + milliseconds, act),
    touch: () => {
      touches += 1;
    },
    async runUntil(end) {
      await settle();
      for (let next = notes.at(-1); next && next.time < end; next = notes.at(-1)) {
        notes.pop();
        if (next.cancelled) continue;
        time = next.time;
        if ((await next.act()) !== false) await settle();
      }
      time = Math.max(time, end);
    },
  };
}
