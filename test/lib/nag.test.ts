import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { appOf, demo } from './assembly.ts';

const app = appOf(demo);

const acknowledgements = app.node.findAll().flatMap((construct) =>
  construct.node.metadata
    .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((entry) => Object.entries(z.record(z.string(), z.string()).parse(entry.data)))
    .map(([rule, reason]) => ({
      path: construct.node.path,
      rule: rule.replace(/^annotation::/i, ''),
      reason,
    })),
);

/** What cdk-nag would say had nobody acknowledged anything. */
function everyFinding(): { rule: string; path: string }[] {
  const strict = new AwsSolutionsChecks();
  Object.defineProperty(strict, 'isAcknowledged', { value: () => false });
  return strict
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({ rule: ruleName, path: constructPath ?? '' })),
    );
}

test('cdk-nag has no finding that is not acknowledged', () => {
  expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
});

test('each acknowledgement gives a reason', () => {
  expect(acknowledgements.length).toBeGreaterThan(0);
  for (const { rule, reason } of acknowledgements) {
    expect(reason, rule).toMatch(/^[A-Z].{40,}\.$/);
  }
});

test('each acknowledgement matches a finding below the construct it stands on', () => {
  const findings = everyFinding();
  for (const { rule, path } of acknowledgements) {
    const matched = findings.filter((one) => one.rule === rule && one.path.startsWith(`${path}/`));
    expect(matched, `${rule} on ${path}`).not.toEqual([]);
  }
});
