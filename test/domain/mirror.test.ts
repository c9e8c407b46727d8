import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MirrorObservation, mirror as mirrorThing } from '../../functions/domain/mirror.ts';
import type { Product, ProductKey } from '../../functions/domain/product.ts';
import { PRODUCT, type ProductRow } from '../../functions/domain/product-row.ts';

type ProductObservation = MirrorObservation<ProductKey, Product>;
const mirror = (row: ProductRow | undefined, observation: ProductObservation, now: number) =>
  mirrorThing(PRODUCT, row, observation, now);

const KEY = { platform: 'shop', storeId: 's', platformProductId: 'p' };
const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const at = (second: number): number => NOW - 3_600_000 + second * 1000;
const iso = (second: number): string => new Date(at(second)).toISOString();

/** A product whose title tells its contents apart. */
const productOf = (title: string, changedAt?: number): Product => ({
  ...KEY,
  title: { es: title },
  status: 'active',
  variants: [{ platformVariantId: 'v', sku: 'A-1' }],
  ...(changedAt === undefined ? {} : { platformUpdatedAt: iso(changedAt) }),
  warnings: [],
});

const observed = (
  second: number,
  reading: ProductObservation['reading'],
  change: Partial<ProductObservation> = {},
): ProductObservation => ({
  key: KEY,
  reading,
  observedAt: at(second),
  origin: 'webhook',
  correlationId: `c-${second}`,
  ...change,
});
const said = (second: number, title: string, changedAt?: number) =>
  observed(second, { said: productOf(title, changedAt) });
const gone = (second: number) => observed(second, { removed: true });
const odd = (second: number) =>
  observed(second, { review: { reason: 'schema-mismatch', problem: 'variants: invalid_type' } });

/** The row after these observations, one after the other. */
const rowAfter = (...observations: ProductObservation[]): ProductRow | undefined =>
  observations.reduce<ProductRow | undefined>(
    (row, observation) => mirror(row, observation, NOW).row ?? row,
    undefined,
  );
const outcomeOf = (row: ProductRow | undefined, observation: ProductObservation) =>
  mirror(row, observation, NOW).outcome;

describe('the row of a product', () => {
  it('is made by the first observation, with its first event', () => {
    const row = rowAfter(said(1, 'Taza', 0));

    expect(row).toMatchObject({
      state: 'ok',
      version: 1,
      revision: 1,
      eventCount: 1,
      product: { title: { es: 'Taza' } },
      content: { at: at(0), observedAt: at(1) },
    });
  });

  it('changes with a later platform time, whenever that was observed', () => {
    const row = rowAfter(said(5, 'old', 2), said(4, 'new', 3));

    expect(row).toMatchObject({ product: { title: { es: 'new' } }, version: 2, eventCount: 2 });
  });

  it('is left as it is by an older platform time, and remembers that it was asked', () => {
    const before = rowAfter(said(4, 'new', 3));

    const { outcome, row } = mirror(before, said(5, 'old', 2), NOW);

    expect(outcome).toBe('unchanged');
    expect(row).toMatchObject({ product: { title: { es: 'new' } }, version: 1, observedAt: at(5) });
  });

  it('takes the later observation where the platform states one time for both', () => {
    expect(rowAfter(said(4, 'one', 3), said(5, 'other', 3))).toMatchObject({
      product: { title: { es: 'other' } },
    });
  });

  it('does not believe a time beyond the observation', () => {
    expect(rowAfter(said(1, 'from the future', 500), said(2, 'now', 2))).toMatchObject({
      product: { title: { es: 'now' } },
    });
  });

  it('has no new version for the same content', () => {
    const before = rowAfter(said(1, 'Taza', 0));

    const { outcome, row } = mirror(before, said(9, 'Taza', 0), NOW);

    expect(outcome).toBe('unchanged');
    expect(row).toMatchObject({ version: 1, eventCount: 1, changedAt: before?.changedAt, observedAt: at(9) });
  });

  it('keeps what an answer never has', () => {
    const before = rowAfter(said(1, 'Taza', 0));
    const { title: _, ...rest } = productOf('Taza', 2);
    const reading = { said: { ...rest, status: 'inactive' as const }, omitted: ['title'] as const };

    const { row } = mirror(before, observed(2, reading), NOW);

    expect(row?.product).toMatchObject({ title: { es: 'Taza' }, status: 'inactive' });
  });

  it('is not written for an observation that was there before', () => {
    const before = rowAfter(said(1, 'Taza', 0));

    expect(mirror(before, said(1, 'Taza', 0), NOW)).toEqual({ outcome: 'unchanged' });
  });
});

describe('a product that the platform has no more', () => {
  it('keeps what was known of it, with a version and an event of its own', () => {
    expect(rowAfter(said(1, 'Taza', 0), gone(2))).toMatchObject({
      removedAt: at(2),
      product: { title: { es: 'Taza' } },
      version: 2,
      eventCount: 2,
    });
  });

  it('comes back with a later observation', () => {
    const row = rowAfter(said(1, 'Taza', 0), gone(2), said(3, 'Taza', 0));

    expect(row).not.toHaveProperty('removedAt');
    expect(row).toMatchObject({ version: 3, eventCount: 3 });
  });

  it('stays gone when an older observation comes late', () => {
    expect(rowAfter(said(1, 'Taza', 0), gone(3), said(2, 'Taza', 1))).toMatchObject({ removedAt: at(3) });
  });

  it('is there when it was seen after the answer that it is gone', () => {
    expect(outcomeOf(rowAfter(said(3, 'Taza', 0)), gone(2))).toBe('stale');
  });

  it('is told to nobody who never heard of it', () => {
    const row = rowAfter(gone(2));

    expect(row).toMatchObject({ removedAt: at(2) });
    expect(row).not.toHaveProperty('eventCount');
  });
});

describe('a product that cannot be understood', () => {
  it('stays as it was and needs review, which readers are told', () => {
    expect(rowAfter(said(1, 'Taza', 0), odd(2))).toMatchObject({
      state: 'needs-review',
      review: { reason: 'schema-mismatch', at: NOW },
      product: { title: { es: 'Taza' } },
      version: 1,
      eventCount: 2,
    });
  });

  it('needs none any more once it is understood', () => {
    const row = rowAfter(odd(2), said(3, 'Taza', 0));

    expect(row).toMatchObject({ state: 'ok', version: 1 });
    expect(row).not.toHaveProperty('review');
  });

  it('needs none when something newer was understood meanwhile', () => {
    expect(outcomeOf(rowAfter(said(3, 'Taza', 0)), odd(2))).toBe('stale');
  });

  it('still needs one when an older observation is understood, which is kept', () => {
    expect(rowAfter(odd(3), said(2, 'Taza', 0))).toMatchObject({
      state: 'needs-review',
      product: { title: { es: 'Taza' } },
    });
  });
});

describe('observations in any order, however often they repeat', () => {
  const observation = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.nat(12), fc.constantFrom('a', 'b', 'c'), fc.option(fc.nat(14), { nil: undefined }))
        .map(([second, title, changedAt]) => said(second, title, changedAt)),
    },
    { weight: 1, arbitrary: fc.nat(12).map(gone) },
  );
  const both = fc
    .array(observation, { minLength: 1, maxLength: 10 })
    .chain((all) =>
      fc.tuple(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
      ),
    );
  const shown = (row: ProductRow | undefined) => ({
    product: row?.product,
    content: row?.content,
    removedAt: row?.removedAt,
    observedAt: row?.observedAt,
    state: row?.state,
  });

  it('end in the same row', () => {
    fc.assert(
      fc.property(both, ([one, other]) => {
        expect(shown(rowAfter(...other))).toEqual(shown(rowAfter(...one)));
      }),
      { numRuns: 2000 },
    );
  });

  it('never lower a counter, and raise the version exactly with what readers see', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 10 }), (all) => {
        let row: ProductRow | undefined;
        for (const one of all) {
          const next = mirror(row, one, NOW).row ?? row;
          const seen = (of: ProductRow | undefined) =>
            JSON.stringify([of?.content?.hash, of?.removedAt !== undefined]);
          expect(next?.version).toBe((row?.version ?? 0) + (seen(row) !== seen(next) ? 1 : 0));
          expect(next?.eventCount ?? 0).toBeGreaterThanOrEqual(row?.eventCount ?? 0);
          row = next;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
