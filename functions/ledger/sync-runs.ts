import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { timestampOf } from '../porting/timestamp.ts';
import type { Window } from '../porting/window.ts';
import { controlKey, number, type Store, text } from './store.ts';
import type { RunStatus } from './sync-state.ts';

/** A run of the sync, as its row tells it. */
export interface SyncRun {
  readonly id: string;
  /** Milliseconds since 1970, as all instants of a run. */
  readonly startedAt: number;
  readonly trigger: 'schedule' | 'range';
  readonly window: Window;
  readonly status: RunStatus;
  readonly pages: number;
  readonly seen: number;
  readonly inserted: number;
  readonly confirmed: number;
  readonly upgraded: number;
  readonly error: string | undefined;
}

const KEPT_SECONDS = 90 * 24 * 3600;

/** Writes a run's row: when it begins, at checkpoints, and when it ends. Rows go after 90 days. */
export async function putRun(store: Store, run: SyncRun, now: number): Promise<void> {
  await store.client.send(
    new PutItemCommand({
      TableName: store.control,
      Item: {
        ...controlKey('sync-run', run.id),
        started_at: text(timestampOf(run.startedAt)),
        written_at: text(timestampOf(now)),
        trigger: text(run.trigger),
        window_from: text(timestampOf(run.window.from)),
        window_to: text(timestampOf(run.window.to)),
        status: text(run.status),
        pages: number(run.pages),
        seen: number(run.seen),
        inserted: number(run.inserted),
        confirmed: number(run.confirmed),
        upgraded: number(run.upgraded),
        ...(run.error !== undefined && { error: text(run.error) }),
        expires_at: number(Math.floor(now / 1000) + KEPT_SECONDS),
      },
    }),
  );
}
