import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { documentedCommands } from '../documented/commands.ts';
import { synthesized } from './synthesized.ts';

const { data, service } = synthesized();

/** The outputs for people. The stacks' own to each other have an export. */
const outputsOf = (template: typeof data) =>
  Object.entries<{ Export?: unknown }>(template.toJSON().Outputs)
    .filter(([, output]) => !output.Export)
    .map(([name]) => name)
    .sort();
const outputs = { Data: outputsOf(data), Service: outputsOf(service) };

describe.each(['Data', 'Service'] as const)('the outputs of %s', (stack) => {
  test('are those that docs/deploy.md lists', () => {
    const [, table = ''] = /## Outputs\n([\s\S]*?)\n## /.exec(readFileSync('docs/deploy.md', 'utf8')) ?? [];
    const rows = [...table.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| (\w+)/gm)].filter(([, , of]) => of === stack);
    const listed = rows.flatMap(([, names = '']) => [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
    expect(listed.sort()).toEqual(outputs[stack]);
  });

  test('have those that commands of the documents ask for', () => {
    const asked = documentedCommands.flatMap(({ text }) =>
      [...text.matchAll(new RegExp(`output ${stack} (\\w+)`, 'g'))].map(([, name = '']) => name),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !outputs[stack].includes(name))).toEqual([]);
  });
});
