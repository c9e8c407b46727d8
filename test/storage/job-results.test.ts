import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { catalogueJobKey } from '../../functions/storage/control-keys.ts';
import { createJobResults } from '../../functions/storage/job-results.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

/** The results of a platform of its own, and what is kept of its job `j`. */
function open(platform: string) {
  const clock = movedClock();
  const jobs = createJobResults({ ...tables, platform, now: clock.now });
  const item = async () => {
    const Key = catalogueJobKey(platform, 'j');
    const { Item } = await tables.client.send(new GetCommand({ TableName: tables.table, Key }));
    const { pk: _, sk: __, ...rest } = Item ?? {};
    return rest;
  };
  return { clock, jobs, item };
}

const DONE = { jobId: 'j', status: 'COMPLETED', ended: true };
const RUNNING = { jobId: 'j', status: 'IN_PROGRESS', ended: false };
const rejected = (...products: string[]) => products.map((product) => ({ product, reasons: ['price: 0'] }));

describe('the result of a catalogue job', () => {
  it('is what the platform said last with what it said before, for 30 days', async () => {
    const { clock, jobs, item } = open('last');

    await jobs.keep({ jobId: 'j', status: 'FAILED', ended: true, vendorId: 'v' });
    await jobs.keep({ ...DONE, platformStatus: 'SUCCESS', downloadUrl: 'https://files.example/j' });

    expect(await item()).toEqual({
      status: 'COMPLETED',
      platformStatus: 'SUCCESS',
      vendorId: 'v',
      downloadUrl: 'https://files.example/j',
      endedAt: '2026-11-22T12:00:00.000Z',
      revision: 2,
      expiresAt: clock.now() / 1000 + 30 * 86_400,
    });
  });

  it('tells where its file lies once it has ended, and nothing before', async () => {
    const { jobs } = open('file');
    const unheard = await jobs.ended('j');
    await jobs.keep(RUNNING);
    const running = await jobs.ended('j');
    await jobs.keep({ ...DONE, downloadUrl: 'https://files.example/j' });

    expect([unheard, running]).toEqual([undefined, undefined]);
    expect(await jobs.ended('j')).toEqual({ status: 'COMPLETED', downloadUrl: 'https://files.example/j' });
  });

  it('says whether it failed, and which products it left as they were', async () => {
    const { jobs } = open('failed');
    await jobs.keep({ ...DONE, status: 'FAILED', failed: true, rejected: rejected('A') });

    expect(await jobs.ended('j')).toEqual({ status: 'FAILED', failed: true, rejected: rejected('A') });
  });

  it('stays as it ended when an earlier status comes late', async () => {
    const { jobs, item } = open('late');
    await jobs.keep({ ...DONE, downloadUrl: 'https://files.example/j' });
    const ended = await item();

    await jobs.keep(RUNNING);
    await jobs.keep({ ...RUNNING, status: 'unknown', platformStatus: 'PAUSED' });

    expect(await item()).toEqual(ended);
  });

  it('is kept without an address that is longer than any that can be followed', async () => {
    const { jobs, item } = open('long-address');

    await jobs.keep({ ...DONE, downloadUrl: `https://files.example/${'x'.repeat(500_000)}` });

    expect(await item()).toMatchObject({ status: 'COMPLETED' });
    expect(await item()).not.toHaveProperty('downloadUrl');
  });

  it('has no end while the job goes on', async () => {
    const { jobs, item } = open('going-on');

    await jobs.keep(RUNNING);

    expect(await item()).not.toHaveProperty('endedAt');
  });

  it('counts each rejected product once, however often the platform repeats itself', async () => {
    const { jobs, item } = open('rejected');

    const counted = [
      await jobs.keep({ ...DONE, rejected: rejected('A', 'B') }),
      await jobs.keep({ ...DONE, rejected: rejected('A', 'B') }),
      await jobs.keep(DONE),
    ];

    expect(counted).toEqual([2, 0, 0]);
    expect(await item()).toMatchObject({ rejectedCount: 2, rejected: rejected('A', 'B') });
  });

  it('counts what a message told again where the message comes again: its first count may be lost', async () => {
    const { jobs } = open('cut-off');
    await jobs.keep({ ...DONE, rejected: rejected('A') }, 'message-1');

    const counted = [
      await jobs.keep({ ...DONE, rejected: rejected('A', 'B') }, 'message-2'),
      await jobs.keep({ ...DONE, rejected: rejected('A', 'B') }, 'message-2'),
      await jobs.keep({ ...DONE, rejected: rejected('A', 'B') }, 'message-3'),
    ];

    expect(counted).toEqual([1, 1, 0]);
  });

  it('is one item, however many products were rejected and however much is said of them', async () => {
    const { jobs, item } = open('many');
    const long = {
      product: '\u4e2d'.repeat(5000),
      reasons: Array.from({ length: 50 }, () => '\u4e2d'.repeat(5000)),
    };

    const counted = await jobs.keep({ ...DONE, rejected: Array.from({ length: 5000 }, () => long) });

    expect(counted).toBe(5000);
    expect((await item()).rejected).toHaveLength(200);
  });

  it('is whole when several say something at the same time', async () => {
    const { jobs, item } = open('at-once');

    await Promise.all([
      jobs.keep(RUNNING),
      jobs.keep({ ...DONE, downloadUrl: 'u' }),
      jobs.keep({ ...DONE, vendorId: 'v' }),
      jobs.keep({ ...RUNNING, status: 'QUEUED' }),
    ]);

    expect(await item()).toMatchObject({ status: 'COMPLETED', downloadUrl: 'u', vendorId: 'v' });
  });
});
