import { expect, it } from 'vitest';
import { pauseOrResume, removeEndpoint, rewindEndpoint } from '../../ops/commands/webhooks.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { whatIsPrinted } from '../support/printed.ts';

whatIsPrinted();

const done = { reason: 'the receiver lost a day', dryRun: false, json: true };

it.each([
  [
    'webhooks pause',
    (context: OperatorContext) => pauseOrResume(context, 'wh-1', { ...done, what: 'pause' }),
  ],
  [
    'webhooks resume',
    (context: OperatorContext) => pauseOrResume(context, 'wh-1', { ...done, what: 'resume' }),
  ],
  ['webhooks rewind', (context: OperatorContext) => rewindEndpoint(context, 'wh-1', { ...done, to: 'head' })],
  ['webhooks remove', (context: OperatorContext) => removeEndpoint(context, 'wh-1', { ...done, yes: true })],
])('why %s was done stands in the audit trail, for whoever finds the endpoint so', async (what, change) => {
  const entries: { what: string; details: object }[] = [];
  const context = {
    audited: async (of: string, details: object) => entries.push({ what: of, details }),
    webhooks: {
      admin: { get: async () => ({ id: 'wh-1', url: 'https://erp.example.com/', seq: 7, status: 'active' }) },
      feed: { head: async () => ({ seq: 9, epoch: 'e' }) },
    },
  } as unknown as OperatorContext;

  await change(context);

  expect(entries).toEqual([{ what, details: expect.objectContaining({ reason: done.reason }) }]);
});
