import { describe, expect, it } from 'vitest';
import { merchantNamed } from '../../config/merchant.ts';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import type { Backlog } from '../../ops/backlog.ts';
import { givenUpFindings } from '../../ops/doctor/given-up-findings.ts';
import { OperatorError } from '../../ops/outputs.ts';
import { merchantWith } from '../lib/assembly.ts';

const EMPTY: Backlog = { visible: 0, inWork: 0, delayed: 0 };
const demo = merchantNamed('demo');
const counting = merchantWith({ stock: {} });

/** What doctor finds where queues hold something. */
const findingsOf = (backlogs: Record<string, Partial<Backlog>>, merchant = demo) =>
  givenUpFindings({
    merchant,
    outputs: (name) => name,
    backlogOf: async (output) => ({ ...EMPTY, ...backlogs[output] }),
  });

describe('what doctor says of changes that were given up', () => {
  it('is fine where both queues are empty', async () => {
    expect(await findingsOf({})).toMatchObject([
      { level: 'green', what: 'changes given up' },
      { level: 'green', what: 'orders given up' },
    ]);
  });

  it('is red where the publisher gave some up', async () => {
    const [found] = await findingsOf({ [ERP_OUTPUTS.unpublished]: { visible: 2 } });

    expect(found).toMatchObject({
      level: 'red',
      why: expect.stringContaining('2 messages') as string,
      next: 'Runbook, "changes-not-published".',
    });
  });

  it.each([
    ['orders-not-noted', demo],
    ['stock-not-claimed', counting],
  ])('leads to %s where the tracker gave some up', async (article, merchant) => {
    const [, found] = await findingsOf({ [ERP_OUTPUTS.unfollowed]: { visible: 1 } }, merchant);

    expect(found).toMatchObject({ level: 'red', next: `Runbook, "${article}".` });
  });

  it('counts a message that somebody is looking at', async () => {
    const [found] = await findingsOf({ [ERP_OUTPUTS.unpublished]: { inWork: 1 } });

    expect(found).toMatchObject({ level: 'red' });
  });

  it('is not known of a deployment that lacks the output', async () => {
    const [found] = await givenUpFindings({
      merchant: demo,
      outputs: () => {
        throw new OperatorError('lacks it');
      },
      backlogOf: async () => EMPTY,
    });

    expect(found).toMatchObject({ level: 'unknown', next: 'npm run deploy -- --merchant demo' });
  });
});
