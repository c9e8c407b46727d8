import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../functions/domain/canonical-json.ts';
import { eventSchema } from '../../functions/domain/event.ts';
import { counted } from '../../functions/domain/event-count.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { caughtUp, eventOf } from '../../functions/erp/event-of.ts';
import { orderRowKey } from '../../functions/storage/keys.ts';
import { tombstoneOf } from '../../functions/storage/tombstones.ts';
import { rowOf } from '../storage/samples.ts';

const EPOCH = 1_772_366_400;
const AT = Date.parse('2026-11-22T12:00:05Z');
const REVIEW = { reason: 'schema-mismatch', problem: 'p', at: AT } as const;

const itemOf = (row: OrderRow) => ({ ...orderRowKey(row), ...row });
const told = (before: OrderRow | undefined, after: OrderRow) =>
  eventOf({ ...(before ? { before: itemOf(before) } : {}), after: itemOf(after), at: AT }, EPOCH);

const base = rowOf('7', { eventCount: 1 });
const changed = (change: Partial<OrderRow>): OrderRow => ({ ...base, eventCount: 2, ...change });
const withOrder = (change: Partial<NonNullable<OrderRow['order']>>): OrderRow =>
  changed({ version: 2, order: { ...base.order!, ...change } });

describe('the event of a row that was written', () => {
  it('says that the order is there, and nothing of it', () => {
    expect(told(undefined, base)).toEqual({
      id: `shop:s:order:7:${EPOCH}:1`,
      type: 'order.created',
      at: '2026-11-22T12:00:00.000Z',
      key: 'shop:s:7',
      version: 1,
      to: base.order!.status,
    });
  });

  it('names the fields that changed, and both statuses', () => {
    const event = told(base, withOrder({ status: 'delivered', warnings: ['odd'] }));

    expect(event).toMatchObject({
      type: 'order.updated',
      changed: ['status', 'warnings'],
      from: base.order!.status,
      to: 'delivered',
    });
  });

  it('names no status where that stayed', () => {
    const event = told(base, withOrder({ displayNumber: 'other' }));

    expect(event).toMatchObject({ changed: ['displayNumber'] });
    expect(event).not.toHaveProperty('from');
    expect(event).not.toHaveProperty('to');
  });

  it('names the person without a word of them', () => {
    const event = told(base, changed({ version: 2, personal: { name: 'Ana Ejemplo' } }));

    expect(event).toMatchObject({ type: 'order.updated', changed: ['personal'] });
    expect(JSON.stringify(event)).not.toContain('Ana');
  });

  it('says that the order was cancelled, once', () => {
    const cancelled = withOrder({ status: 'cancelled' });
    const later = { ...cancelled, eventCount: 3, version: 3, changedAt: '2026-11-22T12:00:01.000Z' };

    expect(told(base, cancelled)).toMatchObject({ type: 'order.cancelled', to: 'cancelled' });
    expect(told(cancelled, later)).toMatchObject({ type: 'order.updated', changed: [] });
  });

  it('says that the row needs review, and when it no longer does', () => {
    const review = changed({ state: 'needs-review', review: REVIEW });
    const resolved = {
      ...base,
      eventCount: 3,
      origin: { ...base.origin, last: { via: 'replay' as const, at: AT } },
    };

    expect(told(base, review)).toMatchObject({ type: 'order.attention', version: 1, changed: [] });
    expect(told(review, resolved)).toMatchObject({
      type: 'order.updated',
      changed: [],
      at: '2026-11-22T12:00:05.000Z',
    });
  });

  it('says that a row without an order needs review, and then that its order is there', () => {
    const { order: _, personal: __, ...rest } = base;
    const unread: OrderRow = { ...rest, state: 'needs-review', review: REVIEW, version: 0 };

    expect(told(undefined, unread)).toMatchObject({ type: 'order.attention', version: 0 });
    expect(told(unread, { ...base, eventCount: 2 })).toMatchObject({ type: 'order.created' });
  });

  it('says that the person was erased, also of an order that was never here', () => {
    const erased = { at: AT, because: 'operator', request: 'r' } as const;
    const { order: _, ...mark } = base;

    expect(told(base, changed({ version: 2, erased }))).toMatchObject({ type: 'order.redacted' });
    expect(told(undefined, { ...mark, erased })).toMatchObject({ type: 'order.redacted' });
  });

  it('tells lines that stand aside from others by their hash', () => {
    const lines = [{ lineId: '1', name: 'n', quantity: 1, unit: 'unit' as const }];
    const aside = { revision: 1, sha256: contentHash(lines), lines: 1, chunkCount: 1 };
    const inRow = { ...base, order: { ...base.order!, lines } };
    const beside = changed({ version: 2, order: { ...base.order!, lines: [] }, linesAside: aside });

    expect(told(inRow, beside)).toMatchObject({ changed: [] });
    expect(told(inRow, { ...beside, linesAside: { ...aside, sha256: 'other' } })).toMatchObject({
      changed: ['lines'],
    });
  });

  it('is none where the count of events stayed', () => {
    expect(told(base, { ...base, revision: 2, observedAt: AT })).toBeUndefined();
  });

  it('is none of a row that was never counted', () => {
    expect(told(undefined, rowOf('old'))).toBeUndefined();
    expect(told(rowOf('old'), rowOf('old', { revision: 2 }))).toBeUndefined();
    expect(told(rowOf('old'), rowOf('old', { version: 2, eventCount: 1 }))).toMatchObject({
      type: 'order.updated',
    });
  });

  it('is none of a row that was removed, and goes on counting when there is one again', () => {
    const left = { ...orderRowKey(base), ...tombstoneOf(base) };
    const again = { ...base, eventCount: 2, version: 2 };

    expect(eventOf({ before: itemOf(base), after: left, at: AT }, EPOCH)).toBeUndefined();
    expect(eventOf({ before: left, after: itemOf(again), at: AT }, EPOCH)).toMatchObject({
      id: `shop:s:order:7:${EPOCH}:2`,
      type: 'order.created',
    });
  });

  it('is none of what is no row', () => {
    const { pk } = orderRowKey(base);

    expect(eventOf({ after: { pk, sk: 'raw#ab#000' }, at: AT }, EPOCH)).toBeUndefined();
    expect(eventOf({ before: itemOf(base), at: AT }, EPOCH)).toBeUndefined();
    expect(eventOf({ after: { pk: 'no key of an order', sk: 'row' }, at: AT }, EPOCH)).toBeUndefined();
  });

  it('asks for attention where the row cannot be read, under an id that repeats share', () => {
    const broken = { ...itemOf(base), eventCount: 'many' };

    const event = eventOf({ after: broken, at: AT }, EPOCH);

    expect(event).toMatchObject({ type: 'order.attention', key: 'shop:s:7', at: '2026-11-22T12:00:05.000Z' });
    expect(eventOf({ after: { ...broken }, at: AT + 9000 }, EPOCH)?.id).toBe(event?.id);
    expect(eventOf({ after: { ...broken, state: 'x' }, at: AT }, EPOCH)?.id).not.toBe(event?.id);
  });

  it('is an event for whatever stands in a row, without a value of it', () => {
    const field = fc.constantFrom(...Object.keys(itemOf(base)));
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constant(undefined),
      fc.constant(Number.NaN),
      fc.constant(new Uint8Array([1])),
      fc.constant('SECRET'),
      fc.dictionary(
        fc.constantFrom('status', 'lines', 'last', 'at', 'sha256'),
        fc.constantFrom('SECRET', 1e300, -1, {}),
      ),
    );
    const spoilt = fc.dictionary(
      field.filter((name) => name !== 'pk' && name !== 'sk'),
      value,
    );

    fc.assert(
      fc.property(spoilt, spoilt, (before, after) => {
        const event = eventOf(
          {
            before: { ...itemOf(base), ...before },
            after: { ...itemOf(base), eventCount: 2, ...after },
            at: AT,
          },
          EPOCH,
        );
        if (event !== undefined)
          expect(eventSchema().parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
        expect(JSON.stringify(event) ?? '').not.toContain('SECRET');
      }),
      { numRuns: 1000 },
    );
  });

  it('has an id of its own for every change that is counted', () => {
    const step = fc.constantFrom<Partial<OrderRow>>(
      { version: 1 },
      { state: 'needs-review' },
      { state: 'ok' },
      { erased: { at: AT, because: 'operator', request: 'r' } },
      { revision: 9 },
    );

    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const ids: string[] = [];
        let row = counted(rowOf('7'), undefined);
        for (const change of steps) {
          const next = counted({ ...row, ...change, version: row.version + (change.version ?? 0) }, row);
          const event = told(row, next);
          if (event !== undefined) ids.push(event.id);
          const differs =
            next.version !== row.version || next.state !== row.state || next.erased !== row.erased;
          expect(event !== undefined).toBe(differs && (next.eventCount ?? 0) > (row.eventCount ?? 0));
          row = next;
        }
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

describe('the event of a row that is caught up with', () => {
  it('shares its id with that of its last change, and knows no difference', () => {
    const row = withOrder({ status: 'delivered' });

    const event = caughtUp(row, EPOCH);

    expect(event).toEqual({
      id: told(base, row)?.id,
      type: 'order.updated',
      at: '2026-11-22T12:00:00.000Z',
      key: 'shop:s:7',
      version: 2,
      to: 'delivered',
      caughtUp: true,
    });
  });

  it.each([
    ['order.cancelled', withOrder({ status: 'cancelled' })],
    ['order.attention', changed({ state: 'needs-review' })],
    ['order.redacted', changed({ erased: { at: AT, because: 'operator', request: 'r' } })],
    ['order.updated', rowOf('never-counted')],
  ])('is %s where that is what the row says', (type, row) => {
    expect(caughtUp(row, EPOCH).type).toBe(type);
  });
});
