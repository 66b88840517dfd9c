import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Store } from '../functions/ledger/table/store.ts';
import type { Row } from '../functions/ledger/table/values.ts';

export interface Counting {
  readonly store: Store;
  /** The requests since the last reset, by command. */
  readonly requests: () => Record<string, number>;
  /** The keys that batches asked for since then. */
  readonly keys: () => readonly Row[];
  readonly reset: () => void;
}

/** A store that counts its requests. */
export function counting(store: Store): Counting {
  let counts: Record<string, number> = {};
  let keys: Row[] = [];
  const client = Object.create(store.client, {
    send: {
      value: (command: Parameters<typeof store.client.send>[0], ...rest: never[]) => {
        const name = command.constructor.name.replace('Command', '');
        counts[name] = (counts[name] ?? 0) + 1;
        if (command instanceof BatchGetItemCommand) {
          keys.push(...Object.values(command.input.RequestItems ?? {}).flatMap(({ Keys }) => Keys ?? []));
        }
        return store.client.send(command, ...rest);
      },
    },
  });
  return {
    store: { ...store, client },
    requests: () => counts,
    keys: () => keys,
    reset: () => {
      counts = {};
      keys = [];
    },
  };
}
