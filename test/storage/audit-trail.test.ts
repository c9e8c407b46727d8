import { describe, expect, it } from 'vitest';
import { createAuditReader, createAuditTrail } from '../../functions/storage/audit-trail.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const trail = (platform?: string) =>
  createAuditTrail({ ...tables, clock, ...(platform === undefined ? {} : { platform }) });
const latest = (limit: number) => createAuditReader({ ...tables, platforms: ['shop'] }).latest(limit);
const entryOf = (id: string) => ({ id, who: 'me', what: 'replay', details: { orders: 2 } });

describe('the audit trail', () => {
  it('says what work came to', async () => {
    const result = await trail().during(entryOf('done'), async () => ({ updated: 1 }));

    expect(result).toEqual({ updated: 1 });
    expect(await latest(1)).toEqual([
      { ...entryOf('done'), at: clock.now(), state: 'done', details: { orders: 2, updated: 1 } },
    ]);
  });

  it('says that work began before it begins', async () => {
    clock.move(1000);
    let during: unknown;

    await trail().during(entryOf('begun'), async () => {
      during = await latest(1);
      return {};
    });

    expect(during).toMatchObject([{ id: 'begun', state: 'begun' }]);
  });

  it('says that work failed, and passes its error on', async () => {
    clock.move(1000);

    const work = trail().during(entryOf('failed'), () => Promise.reject(new Error('no table')));

    await expect(work).rejects.toThrow('no table');
    expect(await latest(1)).toMatchObject([{ id: 'failed', state: 'failed' }]);
  });

  it('gives the newest entries first, and no more than asked for', async () => {
    for (const id of ['older', 'newer']) {
      clock.move(1000);
      await trail().during(entryOf(id), async () => ({}));
    }

    expect((await latest(2)).map(({ id }) => id)).toEqual(['newer', 'older']);
  });

  it('holds what operators did and what platforms asked for, in one order', async () => {
    for (const [id, platform] of [
      ['first', 'shop'],
      ['second', undefined],
      ['third', 'shop'],
    ] as const) {
      clock.move(1000);
      await trail(platform).during(entryOf(id), async () => ({}));
    }

    expect((await latest(3)).map(({ id, state }) => [id, state])).toEqual([
      ['third', 'done'],
      ['second', 'done'],
      ['first', 'done'],
    ]);
  });

  it('tells work apart that began in the same millisecond under one id', async () => {
    clock.move(1000);

    await Promise.all([1, 2].map((n) => trail().during(entryOf('twice'), async () => ({ n }))));

    expect((await latest(2)).map(({ details }) => details.n).sort()).toEqual([1, 2]);
  });

  it('is written once: an entry that is there is never written over', async () => {
    clock.move(1000);
    const again = () => createAuditTrail({ ...tables, clock, random: () => 'guessed' });
    await again().during(entryOf('kept'), async () => ({ updated: 7 }));

    const over = again().during(entryOf('kept'), async () => ({ updated: 0 }));

    await expect(over).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(await latest(1)).toMatchObject([{ id: 'kept', details: { updated: 7 } }]);
  });
});
