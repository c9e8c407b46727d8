import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OperatorContext } from '../../ops/context.ts';
import { givenUpFindings } from '../../ops/doctor/given-up-findings.ts';
import { merchantWith } from '../lib/assembly.ts';

type Counts = Partial<Record<'unpublished' | 'unfollowed', number>>;

const findingsOf = (counts: Counts, stock?: object) =>
  givenUpFindings({
    merchant: merchantWith(stock === undefined ? {} : { stock }),
    countGivenUp: async (queue) => counts[queue],
  } as Pick<OperatorContext, 'merchant' | 'countGivenUp'>);

describe('what doctor says of changes that were given up', () => {
  it('is fine where both queues are empty', async () => {
    const findings = await findingsOf({ unpublished: 0, unfollowed: 0 });

    expect(findings.map(({ level }) => level)).toEqual(['green', 'green']);
  });

  it.each([
    ['unpublished', {}, 'changes-not-published'],
    ['unpublished', undefined, 'changes-not-published'],
    ['unfollowed', {}, 'stock-not-claimed'],
    ['unfollowed', undefined, 'orders-not-noted'],
  ] as const)(
    'is red where %s holds a message, with the article (stock: %j): %s',
    async (queue, stock, article) => {
      const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

      const findings = await findingsOf({ unpublished: 0, unfollowed: 0, [queue]: 3 }, stock);

      expect(findings.filter(({ level }) => level === 'red')).toEqual([
        expect.objectContaining({
          why: expect.stringMatching(/^3 messages name /) as string,
          next: `Follow the runbook, "${article}".`,
        }),
      ]);
      expect(runbook).toContain(`\n## ${article}\n`);
    },
  );

  it('is not known where the deployment has no output for a queue', async () => {
    const findings = await findingsOf({ unpublished: 0 });

    expect(findings.map(({ level }) => level)).toEqual(['green', 'unknown']);
  });
});
