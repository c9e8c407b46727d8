import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Customer, CustomerKey } from '../../functions/domain/customer.ts';
import { CUSTOMER, type CustomerRow } from '../../functions/domain/customer-row.ts';
import { type MirrorObservation, mirror } from '../../functions/domain/mirror.ts';

type Observation = MirrorObservation<CustomerKey, Customer>;

const KEY = { platform: 'shop', storeId: 's', platformCustomerId: 'c' };
const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const at = (second: number): number => NOW - 3_600_000 + second * 1000;

const seen = (second: number, reading: Observation['reading']): Observation => ({
  key: KEY,
  reading,
  observedAt: at(second),
  origin: 'webhook',
  correlationId: `c-${second}`,
});
const said = (second: number, name: string) =>
  seen(second, {
    said: {
      ...KEY,
      acceptsMarketing: name === 'b',
      platformUpdatedAt: new Date(at(second)).toISOString(),
      warnings: [],
      personal: { name },
    },
  });
const gone = (second: number) => seen(second, { removed: true });
const rowAfter = (before: CustomerRow | undefined, ...observations: Observation[]): CustomerRow | undefined =>
  observations.reduce<CustomerRow | undefined>(
    (row, one) => mirror(CUSTOMER, row, one, NOW).row ?? row,
    before,
  );
const erased = (row: CustomerRow): CustomerRow => {
  const { personal: _, ...rest } = row;
  return { ...rest, erased: { at: NOW, because: 'customer-request', request: 'r' } };
};

describe('the row of a customer', () => {
  it('has what names the person apart from the rest', () => {
    const row = rowAfter(undefined, said(1, 'a'));

    expect(row).toMatchObject({ personal: { name: 'a' }, customer: { acceptsMarketing: false } });
    expect(row!.customer).not.toHaveProperty('personal');
  });

  it('loses the person when the platform has the customer no more', () => {
    const row = rowAfter(undefined, said(1, 'a'), gone(2));

    expect(row).toMatchObject({ removedAt: at(2), customer: { acceptsMarketing: false } });
    expect(row).not.toHaveProperty('personal');
  });

  it('has the person again when the platform has the customer again', () => {
    expect(rowAfter(undefined, said(1, 'a'), gone(2), said(3, 'a'))).toMatchObject({
      personal: { name: 'a' },
    });
  });

  it('takes in no person from before the customer went', () => {
    expect(rowAfter(undefined, gone(3), said(2, 'a'))).not.toHaveProperty('personal');
  });

  it('takes in no person once that was erased, whatever comes', () => {
    const row = rowAfter(erased(rowAfter(undefined, said(1, 'a'))!), gone(2), said(3, 'a'), said(4, 'b'));

    expect(row).toMatchObject({ customer: { acceptsMarketing: true }, erased: { request: 'r' } });
    expect(row).not.toHaveProperty('personal');
  });

  it('tells of no change when only the erased person changed', () => {
    const before = rowAfter(erased(rowAfter(undefined, said(1, 'a'))!), said(2, 'a'));

    const { row } = mirror(CUSTOMER, before, { ...said(3, 'c'), reading: said(2, 'c').reading }, NOW);

    expect(row).toMatchObject({ version: before!.version, eventCount: before!.eventCount });
  });

  it('is the same in whatever order observations come', () => {
    const observation = fc.oneof(
      // What is seen at one moment is one content.
      fc.nat(9).map((second) => said(second * 2, second % 3 === 0 ? 'a' : 'b')),
      fc.nat(9).map((second) => gone(second * 2 + 1)),
    );
    const both = fc
      .array(observation, { minLength: 1, maxLength: 8 })
      .chain((all) =>
        fc.tuple(
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
        ),
      );
    const shown = ({ customer, personal, content, removedAt, observedAt, state }: CustomerRow) => ({
      customer,
      personal,
      content,
      removedAt,
      observedAt,
      state,
    });

    fc.assert(
      fc.property(both, ([one, other]) => {
        expect(shown(rowAfter(undefined, ...other)!)).toEqual(shown(rowAfter(undefined, ...one)!));
      }),
      { numRuns: 2000 },
    );
  });
});
