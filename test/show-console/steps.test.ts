import { expect, test } from 'vitest';
import { stepsOf } from '../../functions/show-console/page/steps.ts';
import { eventOf, onDay, orderOf, statusEvent } from './orders.ts';

/** The steps of an order that came through these statuses, one a day: `Draft done day 0`. */
function steps(...statuses: readonly string[]): readonly string[] {
  const order = orderOf(statuses.map((status, day) => ({ day, status })));
  const events = statuses.map((status, day) => statusEvent(day, status));
  return stepsOf(order, events).map(({ name, at, is, note }) =>
    [name, is, ...(at ? [`day ${statuses.findIndex((_, day) => at === onDay(day))}`] : []), note]
      .filter(Boolean)
      .join(' '),
  );
}

test('an order on its way stands at its step, with the dates of those before', () => {
  expect(steps('draft', 'in-process', 'submitted')).toEqual([
    'Draft done day 0',
    'Sent done day 1',
    'With the carrier now day 2',
    'Date set ahead',
    'Ported ahead',
  ]);
});

test('a ported order is done, whatever it skipped', () => {
  expect(steps('in-process', 'submitted', 'foc-date-confirmed', 'activation-in-progress', 'ported')).toEqual([
    'Draft done',
    'Sent done day 0',
    'With the carrier done day 1',
    'Date set done day 2',
    'Ported done day 4',
  ]);
});

test('a step has the date of its first time', () => {
  expect(steps('in-process', 'exception', 'in-process')[1]).toBe('Sent now day 0');
});

test.each([
  ['exception', 'refused'],
  ['cancel-pending', 'being cancelled'],
  ['cancelled', 'cancelled'],
])('an order that is %s stands at the last step that it reached', (status, note) => {
  expect(steps('draft', 'in-process', 'submitted', status)).toEqual([
    'Draft done day 0',
    'Sent done day 1',
    `With the carrier now day 2 ${note}`,
    'Date set ahead',
    'Ported ahead',
  ]);
});

test('a date that was taken back is ahead again', () => {
  expect(steps('submitted', 'foc-date-confirmed', 'submitted').slice(2)).toEqual([
    'With the carrier now day 0',
    'Date set ahead',
    'Ported ahead',
  ]);
});

test('an order with an unknown status, or without events, has steps too', () => {
  expect(steps('in-process', 'on-hold')[1]).toBe('Sent now day 0');
  expect(stepsOf(orderOf([]), [eventOf('porting_order.new_comment', null)])[0]).toEqual({
    name: 'Draft',
    at: null,
    is: 'now',
  });
});

test('the last step has the date on which the order is to port, until it is over', () => {
  const dueIn = (status: string) =>
    stepsOf(orderOf([{ day: 0, status }], { foc_date: onDay(9) }), []).map(({ due }) => due);
  expect(dueIn('foc-date-confirmed')).toEqual([undefined, undefined, undefined, undefined, onDay(9)]);
  for (const status of ['ported', 'cancelled']) expect(new Set(dueIn(status))).toEqual(new Set([undefined]));
});
