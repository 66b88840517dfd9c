import { expect, test } from 'vitest';
import { engineFaults } from '../../infra/local/engine-faults.ts';

const full = () =>
  Object.assign(new Error('IO error: /data/000011.log: No space left on device'), { code: 'LEVEL_IO_ERROR' });

function faults({ ready }: { ready: boolean }) {
  const lines: string[] = [];
  const ends: string[] = [];
  const isFault = engineFaults({
    dataDir: '/data',
    isReady: () => ready,
    log: (line) => lines.push(line),
    end: (line) => ends.push(line),
  });
  return { lines, ends, isFault };
}

test('a disk that fills up is reported once, and ends nothing', () => {
  const { lines, ends, isFault } = faults({ ready: true });
  expect([isFault(full()), isFault(full())]).toEqual([true, true]);
  expect(lines).toEqual([
    expect.stringMatching(/^The disk of DATA_DIR is full: .*\. Then start again: until then, webhooks get 503/),
  ]);
  expect(ends).toEqual([]);
});

test('before the start is complete it ends the start, and says what to do', () => {
  const { lines, ends, isFault } = faults({ ready: false });
  expect(isFault(full())).toBe(true);
  expect(ends).toEqual([expect.stringMatching(/^The disk of DATA_DIR is full: make room on it/)]);
  expect(lines).toEqual([]);
});

test.each([
  new Error('a mistake of ours'),
  Object.assign(new Error('write'), { code: 'EPIPE' }),
  'text',
  undefined,
])('%s is not an engine fault', (error) => {
  const { lines, ends, isFault } = faults({ ready: true });
  expect(isFault(error)).toBe(false);
  expect([lines, ends]).toEqual([[], []]);
});
