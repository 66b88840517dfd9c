import type { LedgerEvent } from '../answers.ts';
import type { Api, Query } from '../api.ts';
import { arrivalLine } from '../arrival-line.ts';
import { type AddCommands, type Context, ORDER, TYPES } from '../context.ts';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { pauseAfter } from '../follow.ts';
import { Interrupted } from '../interrupt.ts';
import { readList } from '../pages.ts';
import { sayUnknownTypes } from '../unknown-words.ts';

interface TailOptions {
  readonly type?: readonly string[];
  readonly order?: string;
}

const LOOK_EVERY = 2_000;
/** The ledger notes when it first sees an event; a list may show the event some seconds later. */
const LOOK_BACK = 30_000;
/**
 * Ids are remembered for longer than one look back: otherwise an event would be printed twice when the ledger's clock
 * is set back.
 */
const REMEMBERED = 24 * 3_600_000;

export const addTail: AddCommands = (program, run) => {
  program
    .command('tail')
    .description('new events as they come in, until Ctrl-C; with --json one on each line')
    .option(...TYPES)
    .option(...ORDER)
    .action((options: TailOptions) => run((context) => tail(context, options)));
};

async function tail(context: Context, options: TailOptions): Promise<ExitCode> {
  const { api, screen, surroundings } = context;
  const signal = surroundings.untilInterrupted();
  const news = newsOf(api, options, signal);
  let inTrouble = false;
  screen.say('Listening for events. Ctrl-C ends it.');
  try {
    await news.begin();
    await sayUnknownTypes(context, options.type ?? [], signal);
    for (;;) {
      let pause = LOOK_EVERY;
      try {
        for (const event of await news.look()) {
          if (screen.json) screen.line(event);
          else screen.print(arrivalLine(event, screen));
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

interface News {
  /** Records what is there already. */
  readonly begin: () => Promise<void>;
  /** What the ledger has first seen since then, oldest first, each event once. */
  readonly look: () => Promise<LedgerEvent[]>;
}

/** Finds new events by the ledger's own clock: neither this machine's time nor an event's date matters. */
function newsOf(api: Api, { type: types, order }: TailOptions, signal: AbortSignal): News {
  /** When the ledger first saw each event, by id. */
  const known = new Map<string, string>();
  let since: string | undefined;

  async function look(repeat = false): Promise<LedgerEvent[]> {
    const get = <Answer>(path: string, query?: Query) => api.get<Answer>(path, query, { signal, repeat });
    // The API takes one type.
    const only = types?.length === 1 ? types[0] : undefined;
    const filters = { 'filter[type]': only, 'filter[porting_order_id]': order, 'filter[first_seen_at][gte]': since };
    const first = since === undefined ? 1 : undefined;
    const { data, meta } = await readList<LedgerEvent>({ ...api, get }, '/v2/arrivals', filters, first);
    const fresh = data.filter(({ id }) => !known.has(id));
    for (const { id, ledger } of fresh) known.set(id, ledger.first_seen_at ?? '');
    const asOf = Date.parse(String(meta.as_of));
    since = new Date(asOf - LOOK_BACK).toISOString();
    for (const [id, at] of known) if (Date.parse(at) < asOf - REMEMBERED) known.delete(id);
    return fresh.filter(({ event_type }) => types?.includes(event_type) ?? true).reverse();
  }

  return {
    async begin() {
      // The first answer gives the ledger's time, the second what has come in lately.
      await look(true);
      await look(true);
    },
    look: () => look(),
  };
}
