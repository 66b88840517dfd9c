import type { Store } from '../functions/ledger/table/store.ts';

/** A store that counts its requests by command. */
export function counting(store: Store): { store: Store; requests: () => Record<string, number>; reset: () => void } {
  let counts: Record<string, number> = {};
  const client = Object.create(store.client, {
    send: {
      value: (command: Parameters<typeof store.client.send>[0], ...rest: never[]) => {
        const name = command.constructor.name.replace('Command', '');
        counts[name] = (counts[name] ?? 0) + 1;
        return store.client.send(command, ...rest);
      },
    },
  });
  return {
    store: { ...store, client },
    requests: () => counts,
    reset: () => {
      counts = {};
    },
  };
}
