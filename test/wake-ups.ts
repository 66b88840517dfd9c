import { onTestFinished, vi } from 'vitest';
import { readControl } from '../functions/ledger/table/read-rows.ts';
import type { Store } from '../functions/ledger/table/store.ts';
import { get } from '../functions/ledger/table/verbs.ts';
import { type FunctionName, streams } from '../infra/service.ts';

/** The stream of `control`, as a test sees it. */
export interface WakeUps {
  /** The functions that writes have woken since the last time, in order. */
  readonly take: () => readonly FunctionName[];
  /** The ids of a kind's rows that would wake a function if they were written. */
  readonly ready: (kind: Parameters<typeof readControl>[1]) => Promise<readonly string[]>;
}

const wakeUps = streams.filter(({ table }) => table === 'control');

/** Passes each row of `control` that is written through the filters of `infra/service.ts`. */
export function watchWakeUps(store: Store): WakeUps {
  let woken: FunctionName[] = [];
  const send = store.client.send.bind(store.client);
  const client = Object.create(store.client, { send: { value: send } });
  const spy = vi.spyOn(store.client, 'send');
  spy.mockImplementation((async (command: { readonly input: Written }, ...rest: never[]) => {
    const answer = await send(command as never, ...rest);
    const { TableName, Key, Item } = command.input;
    const isWrite = /^(Put|Update)ItemCommand$/.test(command.constructor.name);
    const { kind, id } = Key ?? Item ?? {};
    if (!isWrite || TableName !== store.control || !kind || !id) return answer;
    const row = await get({ ...store, client }, 'control', { kind, id }, { consistent: true });
    for (const { function: name, ofKind, whenRowHas } of wakeUps) {
      if (kind.S === ofKind && row?.[whenRowHas]?.S !== undefined) woken.push(name);
    }
    return answer;
  }) as never);
  onTestFinished(() => spy.mockRestore());

  return {
    take() {
      const taken = woken;
      woken = [];
      return taken;
    },
    async ready(kind) {
      const ids: string[] = [];
      for await (const row of readControl({ ...store, client }, kind)) {
        if (wakeUps.some(({ whenRowHas }) => row[whenRowHas])) ids.push(row.id?.S ?? '');
      }
      return ids;
    },
  };
}

interface Written {
  readonly TableName?: string;
  readonly Key?: Readonly<Record<string, { readonly S: string }>>;
  readonly Item?: Readonly<Record<string, { readonly S: string }>>;
}

/** What Lambda hands over for a write: its content says nothing that the function needs. */
export const aBatch = { Records: [{ eventName: 'MODIFY', dynamodb: { Keys: {}, NewImage: {} } }] };
