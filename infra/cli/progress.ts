import cliProgress from 'cli-progress';
import { duration, shown } from './text.ts';

/** How far a long piece of work is. */
export interface Step {
  readonly words: string;
  /** From 0 to 1, when it is known. */
  readonly share?: number | undefined;
}

/** Shows progress on standard error: a bar on a terminal, else a line now and then. */
export interface Progress {
  readonly show: (step: Step) => void;
  /** Why it makes no progress at the moment; cleared by the next step. */
  readonly note: (text: string) => void;
  readonly end: () => void;
}

const LINE_EVERY = 10_000;
const BAR = 24;

export function progressOn(stream: NodeJS.WriteStream, now: () => number): Progress {
  return stream.isTTY ? bar(stream) : lines(stream, now);
}

function bar(stream: NodeJS.WriteStream): Progress {
  let step: Step = { words: '' };
  let noted = '';
  const drawn = new cliProgress.SingleBar({
    stream,
    // The process handles Ctrl-C itself, and lines are cut here.
    gracefulExit: false,
    linewrap: true,
    clearOnComplete: true,
    format: (_, { progress, eta, maxWidth }) => {
      const full = Math.round(BAR * Math.min(1, Math.max(0, progress)));
      const left = progress > 0 && progress < 1 && eta > 0 && Number.isFinite(eta) ? `, ${duration(eta)} left` : '';
      const share =
        step.share === undefined
          ? ''
          : `${'#'.repeat(full)}${'-'.repeat(BAR - full)} ${Math.floor(100 * progress)}%${left}  `;
      return `${share}${noted || step.words}`.slice(0, maxWidth - 1);
    },
  });
  const show = (): void => {
    if (!drawn.isActive) drawn.start(1, step.share ?? 0);
    drawn.update(step.share ?? 0);
    drawn.render();
  };
  return {
    show(next) {
      step = { ...next, words: shown(next.words) };
      noted = '';
      show();
    },
    note(text) {
      noted = shown(text);
      show();
    },
    end: () => drawn.stop(),
  };
}

function lines(stream: NodeJS.WriteStream, now: () => number): Progress {
  let saidAt = Number.NEGATIVE_INFINITY;
  let noted = '';
  return {
    show({ words, share }) {
      const back = noted !== '';
      noted = '';
      if (!back && now() - saidAt < LINE_EVERY) return;
      saidAt = now();
      stream.write(`${share === undefined ? '' : `${Math.floor(100 * share)}%  `}${shown(words)}\n`);
    },
    note(text) {
      if (noted === text) return;
      noted = text;
      stream.write(`${shown(text)}\n`);
    },
    end: () => {},
  };
}
