import type { LedgerEvent } from '../answers.ts';
import type { Api } from '../api.ts';
import { type AddCommands, type Context, filtersOf, ORDER, type Selection, TYPE } from '../context.ts';
import { cameBy, paintStatus, saysOf, typeOf } from '../events-shown.ts';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { pauseAfter } from '../follow.ts';
import { Interrupted } from '../interrupt.ts';
import { LARGEST_PAGE } from '../pages.ts';
import type { Screen } from '../screen.ts';
import { instant, shown } from '../text.ts';

type TailOptions = Pick<Selection, 'type' | 'order'>;

const LOOK_EVERY = 2_000;
/** An event may be listed later than a younger one: each look goes so far back behind the youngest. The sync's overlap, too. */
const LOOK_BACK = 15 * 60_000;

export const addTail: AddCommands = (program, run) => {
  program
    .command('tail')
    .description('new events as they come in, until Ctrl-C; with --json one on each line')
    .option(...TYPE)
    .option(...ORDER)
    .action((options: TailOptions) => run((context) => tail(context, options)));
};

async function tail({ api, screen, surroundings }: Context, options: TailOptions): Promise<ExitCode> {
  const signal = surroundings.untilInterrupted();
  const news = newsOf(api, options, signal);
  let inTrouble = false;
  try {
    await news.begin();
    for (;;) {
      let pause = LOOK_EVERY;
      try {
        for (const event of await news.look()) {
          if (screen.json) screen.line(event);
          else screen.print(lineOf(screen, event));
        }
        if (inTrouble) screen.say('The ledger answers again.');
        inTrouble = false;
      } catch (error) {
        if (!(error instanceof Failure) || !error.passes) throw error;
        if (!inTrouble) screen.say(`${error.message}; still trying`);
        inTrouble = true;
        pause = pauseAfter(error, LOOK_EVERY);
      }
      await surroundings.clock.sleep(pause, signal);
    }
  } catch (error) {
    if (signal.reason instanceof Interrupted) return EXIT.fine;
    throw error;
  }
}

function lineOf(screen: Screen, event: LedgerEvent): string {
  const { id, created_at, porting_order_id } = event;
  const parts = [
    screen.paint('dim', instant(created_at)),
    typeOf(event).padEnd(14),
    paintStatus(screen, saysOf(event)),
    porting_order_id && `order=${shown(porting_order_id)}`,
    `event=${shown(id)}`,
    `by ${cameBy(event)}`,
  ];
  return parts.filter(Boolean).join(' ');
}

interface News {
  /** Notes what is there already. */
  readonly begin: () => Promise<void>;
  /** What has come since, oldest first, each event once. */
  readonly look: () => Promise<LedgerEvent[]>;
}

/** News by the ledger's own times alone: what the clock of this machine says does not matter. */
function newsOf(api: Api, { type, order }: TailOptions, signal: AbortSignal): News {
  const known = new Map<string, number>();
  let youngest = Number.NEGATIVE_INFINITY;

  async function page(number: number, size: number, repeat: boolean, since?: string) {
    const query = filtersOf({ ...(type && { type }), ...(order && { order }), ...(since && { from: since }) });
    const paged = { ...query, 'page[number]': number, 'page[size]': size };
    const path = '/v2/porting/events';
    return api.get<{ data: LedgerEvent[]; meta: { total_pages: number } }>(path, paged, { signal, repeat });
  }

  async function look(repeat = false): Promise<LedgerEvent[]> {
    const since = Number.isFinite(youngest) ? new Date(youngest - LOOK_BACK).toISOString() : undefined;
    const fresh = new Map<string, LedgerEvent>();
    for (let number = 1; ; number += 1) {
      const { data, meta } = await page(number, LARGEST_PAGE, repeat, since);
      for (const event of data) {
        if (!known.has(event.id)) fresh.set(event.id, event);
      }
      if (number >= meta.total_pages || data.length === 0) break;
    }
    for (const event of fresh.values()) {
      const at = Date.parse(event.created_at ?? '');
      known.set(event.id, at);
      if (at > youngest) youngest = at;
    }
    // Twice as far as looks go back: an event may move by some seconds.
    for (const [id, at] of known) if (at < youngest - 2 * LOOK_BACK) known.delete(id);
    return [...fresh.values()].reverse();
  }

  return {
    async begin() {
      const { data } = await page(1, 1, true);
      const at = Date.parse(data[0]?.created_at ?? '');
      if (!Number.isNaN(at)) {
        youngest = at;
        await look(true);
      }
    },
    look: () => look(),
  };
}
