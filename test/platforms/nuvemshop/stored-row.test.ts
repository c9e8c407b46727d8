import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../functions/domain/canonical-json.ts';
import { merge } from '../../../functions/domain/merge.ts';
import type { Observation } from '../../../functions/domain/observation.ts';
import { orderOf } from '../../../functions/domain/order-row.ts';
import { ORDER_READING } from '../../../functions/domain/reading.ts';
import { parseJson } from '../../../functions/http/answer.ts';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import { orderItemSchema } from '../../../functions/storage/order-item.ts';

const LATER = Date.parse('2026-11-22T14:00:00.000Z');
const payload = (path: string) => readFileSync(new URL(`../../payloads/${path}`, import.meta.url), 'utf8');
/** A row as the first version of the normaliser wrote it. */
const storedRow = (name: string) =>
  orderItemSchema().parse(JSON.parse(payload(`stored/order-row.${name}.reading-1.json`)));

/** The same order, fetched again and read by today's code. */
function fetchedAgain(name: string, change: object = {}, rest: Partial<Observation> = {}): Observation {
  const json = parseJson(payload(`fixtures/nuvemshop/order-get.${name}.2025-03.json`)) as object;
  const reading = normaliseNuvemshopOrder({ ...json, ...change }, { storeId: '5665778' });
  if (!reading.ok) throw new Error(reading.problem);
  const { platform, storeId, platformOrderId } = reading.order;
  return {
    key: { platform, storeId, platformOrderId },
    reading,
    observedAt: LATER,
    origin: 'reconcile',
    correlationId: 'c-2',
    ...rest,
  };
}
const seen = (name: string, next: Observation) =>
  merge(storedRow(name), next, LATER, nuvemshop.resources.order);

describe('a row that an earlier version of the normaliser wrote', () => {
  it.each(['dispatched', 'cancelled'])('is read (%s)', (name) => {
    expect(orderOf(storedRow(name))).toMatchObject({ platform: 'nuvemshop' });
    expect(storedRow(name)).not.toHaveProperty('reading');
  });

  it.each(['dispatched', 'cancelled'])('learns what today is read, without a new version (%s)', (name) => {
    const next = fetchedAgain(name);

    const { outcome, row } = seen(name, next);

    expect(outcome).toBe('unchanged');
    expect(row).toMatchObject({
      version: 1,
      revision: 2,
      reading: ORDER_READING,
      changedAt: storedRow(name).changedAt,
    });
    expect(row?.order?.fulfilment.parcels[0]?.lines).toBeDefined();
    expect(row?.order?.totals).not.toHaveProperty('fees');
    expect(row?.contentHash).toBe(contentHash('order' in next.reading && next.reading.order));
  });

  it('is not written a second time for it', () => {
    const { row } = seen('dispatched', fetchedAgain('dispatched'));

    expect(merge(row, fetchedAgain('dispatched'), LATER, nuvemshop.resources.order)).toEqual({
      outcome: 'unchanged',
    });
  });

  it.each([
    ['another status', { payment_status: 'refunded' }],
    ['another note', { note: 'con tarjeta' }],
    ['another total', { total: '4570.00' }],
    ['a line less', { products: [] }],
  ])('gets a new version for what the platform changed: %s', (_, change) => {
    expect(seen('dispatched', fetchedAgain('dispatched', change))).toMatchObject({
      outcome: 'updated',
      row: { version: 2, reading: ORDER_READING },
    });
  });

  it("gets none for the merchant's note, which stood below the buyer's", () => {
    const old = storedRow('dispatched');
    const row = { ...old, personal: { ...old.personal, note: `${old.personal?.note}\ncobrar antes` } };

    const { outcome } = merge(
      row,
      fetchedAgain('dispatched', { owner_note: 'cobrar antes' }),
      LATER,
      nuvemshop.resources.order,
    );

    expect(outcome).toBe('unchanged');
  });

  it('gets one for what changes after it was read anew', () => {
    const { row } = seen('dispatched', fetchedAgain('dispatched'));

    const tracked = fetchedAgain(
      'dispatched',
      { owner_note: 'cobrar antes' },
      { observedAt: LATER + 60_000 },
    );

    expect(merge(row, tracked, LATER, nuvemshop.resources.order)).toMatchObject({
      outcome: 'updated',
      row: { version: 2 },
    });
  });
});
