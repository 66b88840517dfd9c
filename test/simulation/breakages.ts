import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import type { Input } from './dynamodb.ts';
import { tableOf } from './engine.ts';
import type { Plan } from './plan.ts';
import type { Process } from './processes.ts';
import { type Breakage, simulate } from './simulation.ts';

/**
 * Breaks the ledger, and expects a violation.
 *
 * @param breakages each with what breaks, in words, and an invariant or how its violation begins, such as `I11: overdue`
 */
export function testBreakages(breakages: readonly [what: string, violation: string, breakage: Breakage][]): void {
  test.each(breakages)('%s', async (_, wanted, breakage) => {
    const broken: string[] = [];
    const isNoticed = () =>
      broken.some((violation) => violation.startsWith(wanted.includes(':') ? wanted : `${wanted}:`));
    // Starts at a seed that runs quickly and shows almost all breakages.
    for (let seed = 3; seed <= 12 && !isNoticed(); seed += 1) {
      const { violations } = await simulate(seed, { plan: busy, ...breakage });
      for (const { invariant, what } of violations) broken.push(`${invariant}: ${what}`);
    }
    expect(isNoticed(), broken.join('\n')).toBe(true);
  });
}

export const busy = (plan: Plan): Plan => ({ ...plan, orders: 5, outages: [], types: 'all', retainDays: undefined });

/** A tamper that changes what a function writes to a table. */
export function onWrites(table: string, change: (input: Input, process: Process) => Input): Breakage {
  return {
    tamper: (process, operation, input) =>
      /^(Put|Update)/.test(operation) && tableOf(input.TableName ?? '') === table ? change(input, process) : input,
  };
}

/** The request with one value replaced by another. */
export function giving(input: Input, value: AttributeValue, other: AttributeValue): Input {
  const values = Object.entries(input.ExpressionAttributeValues ?? {});
  const ExpressionAttributeValues = Object.fromEntries(
    values.map(([place, given]) => [place, given === value ? other : given]),
  );
  return { ...input, ExpressionAttributeValues };
}
