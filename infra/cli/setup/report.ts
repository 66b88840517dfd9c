import { EXIT, type ExitCode, Failure } from '../failure.ts';
import type { Screen } from '../screen.ts';
import { shown } from '../text.ts';

/**
 * How a step ended:
 * - `fine`: what a check hopes for
 * - `already`: there was nothing to do
 * - `done`: it is done now
 * - `would do`: with --dry-run, what would be done
 * - `to do`: works, but someone should do something
 * - `left out`: not tried, for the reason in its words
 * - `failed`: did not work; its words say what to do
 */
export type Outcome = 'fine' | 'already' | 'done' | 'would do' | 'to do' | 'left out' | 'failed';

export interface Told {
  readonly outcome: Outcome;
  readonly words: string;
}

type Step = Told & { readonly step: string };

/** Shows each step as it ends. A step that fails does not end the others. */
export interface Report {
  /** @returns what the step made, or `undefined` when it failed */
  readonly step: <Made>(
    name: string,
    work: () => Promise<Told & { readonly made?: Made }>,
  ) => Promise<Made | undefined>;
  readonly steps: readonly Step[];
  /** The code of the first failure, else that of success. */
  readonly exitCode: () => ExitCode;
}

const STYLES = {
  fine: 'green',
  already: 'green',
  done: 'green',
  'would do': 'yellow',
  'to do': 'yellow',
  'left out': 'dim',
  failed: 'red',
} as const satisfies Record<Outcome, unknown>;

export function reportOn({ json, print, paint }: Screen): Report {
  const steps: Step[] = [];
  let exitCode: ExitCode = EXIT.fine;

  function tell(step: string, { outcome, words }: Told): void {
    steps.push({ step, outcome, words: shown(words) });
    if (!json) print(`${paint(STYLES[outcome], outcome.padEnd(9))} ${step.padEnd(12)} ${shown(words)}`);
  }

  return {
    steps,
    exitCode: () => exitCode,
    async step(name, work) {
      try {
        const { made, ...told } = await work();
        if (told.outcome === 'failed') exitCode ||= EXIT.bad;
        tell(name, told);
        return made;
      } catch (error) {
        if (!(error instanceof Failure) || error.exitCode === EXIT.interrupted) throw error;
        exitCode ||= error.exitCode;
        tell(name, { outcome: 'failed', words: error.message });
        return undefined;
      }
    },
  };
}
