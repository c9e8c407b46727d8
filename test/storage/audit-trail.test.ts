import { describe, expect, it } from 'vitest';
import { createAuditTrail } from '../../functions/storage/audit-trail.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const trail = () => createAuditTrail({ ...tables, clock });
const entryOf = (id: string) => ({ id, who: 'me', what: 'replay', details: { orders: 2 } });

describe('the audit trail', () => {
  it('says what work came to', async () => {
    const result = await trail().during(entryOf('done'), async () => ({ updated: 1 }));

    expect(result).toEqual({ updated: 1 });
    expect(await trail().latest(1)).toEqual([
      { ...entryOf('done'), at: clock.now(), state: 'done', details: { orders: 2, updated: 1 } },
    ]);
  });

  it('says that work began before it begins', async () => {
    clock.move(1000);
    let during: unknown;

    await trail().during(entryOf('begun'), async () => {
      during = await trail().latest(1);
      return {};
    });

    expect(during).toMatchObject([{ id: 'begun', state: 'begun' }]);
  });

  it('says that work failed, and passes its error on', async () => {
    clock.move(1000);

    const work = trail().during(entryOf('failed'), () => Promise.reject(new Error('no table')));

    await expect(work).rejects.toThrow('no table');
    expect(await trail().latest(1)).toMatchObject([{ id: 'failed', state: 'failed' }]);
  });

  it('gives the newest entries first, and no more than asked for', async () => {
    for (const id of ['older', 'newer']) {
      clock.move(1000);
      await trail().during(entryOf(id), async () => ({}));
    }

    expect((await trail().latest(2)).map(({ id }) => id)).toEqual(['newer', 'older']);
  });
});
