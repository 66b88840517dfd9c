import { afterEach, expect, test, vi } from 'vitest';
import { busReporter } from '../../infra/local/bus-lines.ts';
import type { BusEvent } from '../../infra/local/put-events.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a present event gets a line; past events are counted', () => {
  vi.useFakeTimers({ now: Date.parse('2026-03-20T12:00:00Z') });
  const lines: string[] = [];
  const report = busReporter(
    (line) => lines.push(line),
    ({ detail }) => String(detail.id),
  );
  const event = (id: string, type: string, at: string) =>
    report({ 'detail-type': type, detail: { id, event: { created_at: at } } } as unknown as BusEvent);
  for (let number = 0; number < 500; number += 1) event('old', 'porting_order.split', '2026-01-01T00:00:00Z');
  event('new', 'porting_order.split', '2026-03-20T11:59:00Z');
  event('missed', 'notification.missed', '2026-01-01T00:00:00Z');
  vi.advanceTimersByTime(1_000);
  event('old', 'porting_order.split', '2026-01-01T00:00:00Z');
  vi.advanceTimersByTime(1_000);
  expect(lines).toEqual([
    'new',
    'missed',
    '12:00:01Z bus       500 events of the past',
    '12:00:02Z bus       1 events of the past',
  ]);
});
