import { createOrder, type OwnWebhooks, openDiary, type Step } from './order-diary.ts';
import { createRandom, type Random } from './random.ts';
import type { Order } from './records.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** As in Telnyx's samples: most status changes show a URL, and most where null is allowed show none. */
const documented = (offSpec: boolean): OwnWebhooks => ({
  share: offSpec ? 0.3 : 1,
  url: 'https://example.com/porting_webhooks',
});

/** `whole` is false for an order split from another, which begins in the status of that one. */
const live = (random: Random, offSpec: boolean, own: OwnWebhooks, order: Order, whole: boolean): readonly Step[] => {
  const { steps, wait, ...write } = openDiary(random, order, offSpec);

  const submit = (): void => {
    wait(2 * hour, day);
    write.status('submitted');
  };
  const refused = (): void => {
    wait(day, 2 * day);
    write.exception();
  };
  const confirm = (): void => {
    wait(day, 3 * day);
    write.status('foc-date-confirmed');
  };

  const fate = random.next();
  const isDeleted = whole && fate < 0.05;
  const isCancelled = fate >= 0.05 && fate < 0.12;
  const isSplit = whole && fate >= 0.12 && fate < 0.2;
  const exceptions = random.chance(0.35) ? random.integer(1, 2) : 0;
  const losesItsDate = exceptions === 2 && random.chance(0.4);

  if (whole) {
    write.status('draft');
    if (random.chance(0.4)) {
      wait(5 * minute, 2 * hour);
      write.loaUpdated();
    }
  }
  if (isDeleted) {
    wait(hour, 3 * day);
    write.deleted();
    return steps;
  }

  wait(hour, day);
  write.status('in-process');
  wait(minute, 10 * minute);
  write.comment('system');
  submit();

  if (isSplit) {
    wait(hour, day);
    const part = createOrder(random, offSpec, own);
    write.split(part, live(random, offSpec, own, part, false));
  }

  if (exceptions > 0) {
    refused();
    wait(10 * minute, 4 * hour);
    write.comment(random.pick(['user', 'admin']));
    submit();
  } else if (random.chance(0.5)) {
    wait(hour, day);
    write.comment(random.pick(['user', 'admin']));
  }

  if (isCancelled) {
    wait(hour, 2 * day);
    write.status('cancel-pending');
    wait(2 * hour, 2 * day);
    write.status('cancelled');
    return steps;
  }

  if (losesItsDate) confirm();
  if (exceptions === 2) {
    refused();
    submit();
  }
  confirm();
  if (exceptions === 0 && random.chance(0.4)) {
    wait(hour, day);
    write.sharingTokenExpired();
  }

  wait(hour, day);
  write.messaging('pending');
  wait(5 * day, 9 * day);
  if (offSpec) {
    write.status('activation-in-progress');
    wait(minute, 15 * minute);
  }
  write.status('ported');
  wait(5 * minute, 6 * hour);
  write.messaging(random.pick(['ported', 'ported', 'ported', 'partial_port_complete', 'exception']));
  return steps;
};

/**
 * Plans the life of the order with this number, in order of time: 8 to 15 events, fewer if it is cancelled or deleted,
 * and a second order's too if it is split. The same seed and number give the same life.
 */
export const planLife = (
  seed: number,
  number: number,
  offSpec = false,
  ownWebhooks: OwnWebhooks = documented(offSpec),
): readonly Step[] => {
  const random = createRandom(`${seed}/order/${number}`);
  const order = createOrder(random, offSpec, ownWebhooks);
  return live(random, offSpec, ownWebhooks, order, true).toSorted((a, b) => a.after - b.after);
};
