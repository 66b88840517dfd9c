import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { synthesized } from './synthesized.ts';

describe.each(['url', 'api'])('with webhookThrough=%s', (webhookThrough) => {
  test('cdk-nag (AwsSolutions) has no finding that is not explained', () => {
    expect(findings(synthesized({ webhookThrough }).app)).toEqual([]);
  });

  test('each explanation answers a finding that would be there without it', () => {
    const { app } = synthesized({ webhookThrough });
    const explained = app.node.findAll().flatMap((construct) => {
      const entries = construct.node.metadata.filter(
        ({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY,
      );
      if (entries.length > 0) Object.defineProperty(construct.node, 'metadata', { value: [] });
      return entries
        .flatMap(({ data }) => Object.entries<string>(data))
        .map(([rule, reason]) => {
          expect(reason.split(' ').length).toBeGreaterThan(4);
          return { rule: rule.replace('Annotation::', ''), path: construct.node.path };
        });
    });
    const found = findings(app);
    expect(explained).not.toEqual([]);
    for (const { rule, path } of explained) {
      expect(found.filter((finding) => finding.rule === rule && finding.path.startsWith(path))).not.toEqual([]);
    }
    for (const finding of found) {
      expect(explained.filter(({ rule, path }) => rule === finding.rule && finding.path.startsWith(path))).not.toEqual(
        [],
      );
    }
  });
});

function findings(app: App): { rule: string; path: string }[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources = [] }) =>
    violatingResources.map(({ constructPath = '' }) => ({ rule: ruleName, path: constructPath })),
  );
}
