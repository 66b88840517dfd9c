import type { OrderStore, Store } from '../functions/ledger/table/store.ts';

export class Death extends Error {
  override readonly name = 'Death';
}

/**
 * A process that dies at its nth step, before or after the step's effect. It does nothing afterwards: every later step
 * dies, too, and no clean-up runs. Each request to the ledger is a step.
 */
export function mortal<Kind extends Store | OrderStore>(ledger: Kind, diesAt: number, when: 'before' | 'after') {
  let steps = 0;
  const step = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    steps += 1;
    if (steps > diesAt || (steps === diesAt && when === 'before')) throw new Death();
    const result = await act();
    if (steps >= diesAt) throw new Death();
    return result;
  };
  const client = Object.create(ledger.client, {
    send: {
      value: (command: Parameters<typeof ledger.client.send>[0], ...rest: never[]) =>
        step(() => ledger.client.send(command, ...rest)),
    },
  });
  return { store: { ...ledger, client } as Kind, step, died: () => steps >= diesAt };
}
