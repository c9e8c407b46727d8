import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createJobResults, type JobResult } from '../../functions/storage/job-results.ts';
import { listCatalogueJobs } from '../../ops/commands/catalogue-jobs.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { whatIsPrinted } from '../support/printed.ts';

const tables = localTables();
const { printed, said: json } = whatIsPrinted();

const job = z.strictObject({
  platform: z.string(),
  jobId: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  status: z.string(),
  platformStatus: z.string().optional(),
  vendorId: z.string().optional(),
  failed: z.literal(true).optional(),
  heardAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  rejectedCount: z.number().optional(),
  rejected: z.array(z.strictObject({ product: z.string(), reasons: z.array(z.string()) })).optional(),
});
const said = () => z.strictObject({ jobs: z.array(job) }).parse(json());

/** A platform of its own that tells how its jobs end, and an operator beside it. */
function shopNamed(name: string) {
  const clock = movedClock();
  const context = {
    channels: [
      { platform: { name, deployment: { tellsCatalogueJobs: true } } },
      { platform: { name: 'silent', deployment: {} } },
    ],
    control: { ...tables, clock },
  } as unknown as OperatorContext;
  const jobs = createJobResults({ ...tables, platform: name, now: clock.now });
  const list = (options: { platform?: string; limit?: number; json?: boolean } = {}) =>
    listCatalogueJobs(context, { limit: 20, json: true, ...options });
  return { clock, jobs, list };
}

describe('products jobs', () => {
  it('lists the jobs that somebody told of, the newest first, without where their files lie', async () => {
    const { clock, jobs, list } = shopNamed('newest');
    await jobs.keep({ jobId: 'a', status: 'IN_PROGRESS', ended: false });
    clock.move(60_000);
    await jobs.keep({ jobId: 'b', status: 'IN_PROGRESS', ended: false });
    await jobs.keep({
      jobId: 'a',
      status: 'COMPLETED',
      ended: true,
      vendorId: 'v',
      downloadUrl: 'https://f/a',
    });

    expect(await list()).toBe(0);

    expect(said().jobs).toEqual([
      {
        platform: 'newest',
        state: 'running',
        jobId: 'b',
        status: 'IN_PROGRESS',
        heardAt: '2026-11-22T12:01:00.000Z',
      },
      {
        platform: 'newest',
        state: 'done',
        jobId: 'a',
        status: 'COMPLETED',
        vendorId: 'v',
        heardAt: '2026-11-22T12:00:00.000Z',
        endedAt: '2026-11-22T12:01:00.000Z',
      },
    ]);
  });

  it('lists as many as are wanted, and no more', async () => {
    const { clock, jobs, list } = shopNamed('limited');
    for (const jobId of ['a', 'b', 'c']) {
      await jobs.keep({ jobId, status: 'COMPLETED', ended: true });
      clock.move(1000);
    }

    await list({ limit: 2 });

    expect(said().jobs.map(({ jobId }) => jobId)).toEqual(['c', 'b']);
  });

  it.each<[string, Partial<JobResult>, string, string]>([
    ['that failed', { failed: true }, 'failed', 'failed (KO)'],
    [
      'that left a product as it was',
      { rejected: [{ product: 'SKU-1', reasons: ['price: 0'] }] },
      'done',
      '1 products left as they were\n  SKU-1: price: 0',
    ],
  ])('ends with 1 where there is a job %s, and says so', async (name, about, state, text) => {
    const { clock, jobs, list } = shopNamed(name.replaceAll(' ', '-'));
    await jobs.keep({ jobId: 'j', status: 'ENDED', platformStatus: 'KO', ended: true, ...about });
    clock.move(3 * 3_600_000);

    const codes = [await list(), await list({ json: false })];

    expect(codes).toEqual([1, 1]);
    expect(z.strictObject({ jobs: z.tuple([job]) }).parse(JSON.parse(printed[0] ?? '')).jobs[0].state).toBe(
      state,
    );
    expect(printed[1]).toContain('heard of 3 h ago');
    expect(printed[1]).toContain(text);
  });

  it('says that there is none', async () => {
    const { list } = shopNamed('none');

    expect(await list({ json: false })).toBe(0);
    expect(printed.join('')).toBe('No platform told of a catalogue job.\n');
  });

  it('names a platform that tells of none', async () => {
    const { list } = shopNamed('other');

    await expect(list({ platform: 'silent' })).rejects.toThrow(/silent does not/);
  });
});
