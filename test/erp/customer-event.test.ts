import { describe, expect, it } from 'vitest';
import type { CustomerRow } from '../../functions/domain/customer-row.ts';
import { eventOf } from '../../functions/erp/event-of.ts';
import { customerRowKey } from '../../functions/storage/customer-keys.ts';
import { customerRowOf } from '../storage/samples.ts';

const item = (row: CustomerRow) => ({ ...customerRowKey(row), ...row });
const event = (before: CustomerRow | undefined, after: CustomerRow) =>
  eventOf({ before: before && item(before), after: item(after), at: 0 }, 7);
const known = customerRowOf('1');
const next = { version: 2, eventCount: 2 };

describe('the event of a customer', () => {
  it('says that one is there, and whose', () => {
    expect(event(undefined, known)).toEqual({
      id: 'shop:s:customer:1:7:1',
      type: 'customer.created',
      at: known.changedAt,
      key: 'shop:s:customer:1',
      version: 1,
    });
  });

  it('says that the person changed, and nothing of how', () => {
    const after = { ...known, ...next, personal: { name: 'Another Person' } };

    expect(event(known, after)).toMatchObject({ type: 'customer.updated', changed: ['personal'] });
    expect(JSON.stringify(event(known, after))).not.toMatch(/Person|example/);
  });

  it('names the fields that changed', () => {
    const after = { ...known, ...next, customer: { ...known.customer!, acceptsMarketing: true } };

    expect(event(known, after)).toMatchObject({ type: 'customer.updated', changed: ['acceptsMarketing'] });
  });

  it('says that one is gone', () => {
    const { personal: _, ...rest } = known;

    expect(event(known, { ...rest, ...next, removedAt: 1 })).toMatchObject({ type: 'customer.deleted' });
  });

  it('says that one was erased, once', () => {
    const { personal: _, ...rest } = known;
    const erased = { ...rest, ...next, erased: { at: 1, because: 'operator', request: 'r' } as const };
    const later = { ...erased, version: 3, eventCount: 3 };

    expect(event(known, erased)).toMatchObject({ type: 'customer.redacted' });
    expect(event(erased, later)).toMatchObject({ type: 'customer.updated' });
  });

  it('says that one is not understood', () => {
    const after: CustomerRow = { ...known, eventCount: 2, state: 'needs-review' };

    expect(event(known, after)).toMatchObject({ type: 'customer.attention', version: 1 });
  });

  it('is none when nobody has to be told', () => {
    expect(event(known, { ...known, revision: 2 })).toBeUndefined();
  });
});
