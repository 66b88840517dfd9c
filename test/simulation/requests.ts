import { kill, type Process } from './processes.ts';

/**
 * What goes wrong with one attempt at a request: it is refused, it takes effect but its answer is lost (the connection
 * breaks) or never sent, or it arrives after the caller has given up.
 */
export type Fault = { readonly refused: string } | 'answer lost' | 'never answered' | 'arrives late';

/** A request to DynamoDB or EventBridge. */
export interface Request<Answer> {
  readonly process: Process;
  /** For the trace. */
  readonly label: string;
  /** The number of attempts that the SDK makes, the first included. */
  readonly attempts: number;
  readonly fault: () => Fault | undefined;
  /** Carries it out. A failed conditional check is an answer like any other. */
  readonly act: () => Promise<Answer>;
  readonly signal: AbortSignal | undefined;
  readonly trace: (process: Process, text: string) => void;
}

const LATE_BY = 4_000;

/**
 * Sends a request as the SDK does, with attempts and pauses, through a network that may fail, for a process that may
 * die on the way.
 */
export function send<Answer>(request: Request<Answer>): Promise<Answer> {
  const { process, label, signal } = request;
  const { timeline } = process.surroundings;
  timeline.touch();

  return new Promise((resolve, reject) => {
    let over = false;
    const settle = (end: () => void): void => {
      if (over || process.dead) return;
      over = true;
      timeline.touch();
      end();
    };
    const fail = (name: string) => settle(() => reject(Object.assign(new Error(`${label}: a fault`), { name })));
    const abort = (): void => fail('AbortError');
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });

    function attempt(number: number): void {
      if (over || process.dead) return;
      process.requests += 1;
      const { fate, random } = process;
      const fated = fate?.request === process.requests ? fate.what : undefined;
      if (fated === 'dies before') {
        request.trace(process, `dies before ${label}`);
        kill(process);
        return;
      }
      const fault = request.fault();
      if (fault !== undefined) process.failures += 1;
      const latency = random.chance(0.03) ? random.between(100, 900) : random.between(1, 12);
      const again = (name: string, pause: number): void => {
        if (number < request.attempts) timeline.after(pause, () => attempt(number + 1));
        else timeline.after(pause, () => fail(name));
      };

      if (typeof fault === 'object') {
        request.trace(process, `${label}: ${fault.refused}`);
        again(fault.refused, latency + 50 * 2 ** number);
        return;
      }
      if (fault === 'never answered' || fault === 'arrives late') {
        if (process.patience < Number.POSITIVE_INFINITY) again('TimeoutError', process.patience);
        const delay =
          fault === 'arrives late' ? Math.min(process.patience, 2_000) + random.between(0, LATE_BY) : latency;
        timeline.after(delay, async () => {
          request.trace(process, `${label}: ${await outcomeOf(request.act())}, ${fault}`);
        });
        return;
      }
      timeline.after(latency, async () => {
        // A dead process's request may still be on its way.
        if (process.dead && random.chance(0.5)) return false;
        const done = request.act();
        request.trace(process, `${label}: ${await outcomeOf(done)}${fault ? `, ${fault}` : ''}`);
        if (fated === 'dies after') {
          request.trace(process, `dies after ${label}`);
          return kill(process);
        }
        if (fault === 'answer lost') return again('ECONNRESET', 30);
        const deliver = () =>
          done.then(
            (answer) => settle(() => resolve(answer)),
            (error) => settle(() => reject(error)),
          );
        if (typeof fated !== 'object') return deliver();
        request.trace(process, `stands still for ${Math.round(fated.standsStillFor / 1000)} s`);
        timeline.after(fated.standsStillFor, deliver);
      });
    }
    attempt(1);
  });
}

async function outcomeOf(done: Promise<unknown>): Promise<string> {
  try {
    await done;
    return 'ok';
  } catch (error) {
    return error instanceof Error && error.name === 'ConditionalCheckFailedException' ? 'refused' : String(error);
  }
}
