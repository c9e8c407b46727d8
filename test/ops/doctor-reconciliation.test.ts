import { describe, expect, it } from 'vitest';
import { createReports } from '../../functions/storage/reconcile-memory.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { reconciliationFinding } from '../../ops/doctor/reconciliation-finding.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const MINUTE_MS = 60_000;
const tables = localTables();
const clock = movedClock();

/** What doctor finds of a store whose runs, one every ten minutes, ended so. */
async function findingAfter(storeId: string, outcomes: readonly string[]) {
  const known = { platform: 'shop', storeId };
  const reports = createReports({ ...tables, ...known });
  for (const [run, outcome] of outcomes.entries()) {
    clock.move(10 * MINUTE_MS);
    const at = new Date(clock.now()).toISOString();
    const report = { runId: `run-${run}`, startedAt: at, endedAt: at, outcome, counts: {}, problems: [] };
    await reports.keep(report);
  }
  const reconciliation = { everyMinutes: () => 10 };
  const context = {
    control: { ...tables, clock },
    channelOf: () => ({ platform: { resources: { order: { reconciliation } } } }),
    storeOf: () => ({ store: {} }),
  };
  return reconciliationFinding(context as unknown as OperatorContext, known);
}

describe('a reconciliation', () => {
  it('is looked at where no run comes to its end, and says since when', async () => {
    const found = await findingAfter('endless', Array<string>(14).fill('unfinished'));

    const first = new Date(clock.now() - 11 * 10 * MINUTE_MS).toISOString();
    expect(found).toMatchObject({ level: 'yellow', why: expect.stringContaining(first) as string });
  });

  it('is well where one of them did', async () => {
    const outcomes = [...Array<string>(6).fill('unfinished'), 'done', ...Array<string>(6).fill('unfinished')];

    expect(await findingAfter('slow', outcomes)).toMatchObject({ level: 'green' });
  });

  it('is well where a new store is compared for the first time', async () => {
    expect(await findingAfter('new', ['unfinished', 'unfinished'])).toMatchObject({ level: 'green' });
  });
});
