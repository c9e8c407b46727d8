import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MergeResult, merge as mergeBy } from '../../functions/domain/merge.ts';
import type { Observation } from '../../functions/domain/observation.ts';
import type { Order } from '../../functions/domain/order.ts';
import type { MergeRules, OrderRow } from '../../functions/domain/order-row.ts';
import { sampleOrder } from '../support/sample-order.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

const RULES: Record<string, MergeRules> = {
  fetching: { truth: 'fetched', finalStatuses: new Set(['cancelled']) },
  pushing: { truth: 'pushed', finalStatuses: new Set(['cancelled', 'delivered']) },
};
const merge = (row: OrderRow | undefined, next: Observation, now: number): MergeResult =>
  mergeBy(row, next, now, RULES[next.key.platform]!);

function observation(
  change: Partial<Order>,
  rest: Partial<Observation> & { omitted?: readonly (keyof Order)[] } = {},
): Observation {
  const { omitted = [], ...others } = rest;
  const reading = sampleOrder({ platform: 'pushing', ...change });
  return {
    key: { platform: reading.platform, storeId: reading.storeId, platformOrderId: reading.platformOrderId },
    reading: { order: reading, omitted },
    observedAt: NOW,
    origin: 'webhook',
    correlationId: 'c-1',
    raw: { sha256: 'aa', bytes: 2, chunkCount: 1 },
    ...others,
  };
}

const problem = (observedAt: number): Observation => ({
  ...observation({}),
  reading: { review: { reason: 'schema-mismatch', problem: 'items: expected array' } },
  observedAt,
});

/** Applies observations one after the other, as the table would. */
function play(observations: Observation[]): OrderRow | undefined {
  return observations.reduce<OrderRow | undefined>(
    (row, next) => merge(row, next, NOW + 60_000).row ?? row,
    undefined,
  );
}

describe('merge', () => {
  it('creates the row of an order seen for the first time', () => {
    const { outcome, row } = merge(undefined, observation({}), NOW);

    expect(outcome).toBe('created');
    expect(row).toMatchObject({
      platform: 'pushing',
      storeId: 'chain',
      platformOrderId: 'o-1',
      version: 1,
      revision: 1,
      state: 'ok',
      personal: { name: 'Invented Person' },
    });
    expect(row?.order).not.toHaveProperty('personal');
  });

  it('names the message of its last change, so that a person finds that in the log', () => {
    const row = play([
      observation({ status: 'received' }, { correlationId: 'first' }),
      observation({ status: 'ready' }, { correlationId: 'second', observedAt: NOW + 1000 }),
    ]);

    expect(row).toMatchObject({ correlationId: 'second' });
  });

  it('takes the answer to the later question, where the platform’s time says nothing', () => {
    const fetched = (status: Order['status'], observedAt: number) =>
      observation({ platform: 'fetching', status }, { observedAt });
    const row = play([fetched('ready', NOW)]);

    expect(merge(row, fetched('confirmed', NOW + 60_000), NOW)).toMatchObject({ outcome: 'updated' });
    expect(merge(row, fetched('dispatched', NOW - 60_000), NOW)).toMatchObject({ outcome: 'stale' });
  });

  it('leaves the row as it is for the same observation again', () => {
    const row = play([observation({})]);

    expect(merge(row, observation({}), NOW)).toEqual({ outcome: 'unchanged' });
  });

  it('leaves the row as it is where one change is fetched twice within two seconds, and notes the time of a later answer', () => {
    const fetched = (observedAt: number) => observation({ platform: 'fetching' }, { observedAt });
    const row = play([fetched(NOW)]);

    expect(merge(row, fetched(NOW + 1999), NOW)).toEqual({ outcome: 'unchanged' });
    expect(merge(row, fetched(NOW + 2000), NOW)).toMatchObject({
      outcome: 'unchanged',
      row: { observedAt: NOW + 2000 },
    });
  });

  it('asks once more for what differs from an answer that was not noted', () => {
    const fetched = (status: Order['status'], observedAt: number) =>
      observation({ platform: 'fetching', status, updatedAt: at(0) }, { observedAt });
    const row = play([fetched('ready', NOW), fetched('ready', NOW + 1900)]);

    const late = merge(row, fetched('confirmed', NOW + 1800), NOW);

    expect(late).toMatchObject({ lookAgainInSeconds: 3 });
  });

  it('never lets an older observation overwrite a newer one', () => {
    const row = play([observation({ status: 'ready', updatedAt: at(10) })]);

    expect(
      merge(row, observation({ status: 'confirmed', updatedAt: at(5) }, { observedAt: NOW + 99_000 }), NOW),
    ).toEqual({ outcome: 'stale' });
  });

  it('believes the platform’s time before the progress of the status, and before who came last', () => {
    const row = play([observation({ status: 'ready', updatedAt: at(10) })]);
    const pushed = (status: Order['status'], seconds: number) =>
      merge(row, observation({ status, updatedAt: at(seconds) }, { observedAt: NOW + 60_000 }), NOW);

    expect(pushed('dispatched', 5).outcome).toBe('stale');
    expect(pushed('received', 15).outcome).toBe('updated');
  });

  it('never leaves a final status', () => {
    const row = play([observation({ status: 'cancelled', updatedAt: at(10) })]);

    expect(merge(row, observation({ status: 'ready', updatedAt: at(20) }), NOW).outcome).toBe('stale');
  });

  it('lets a closed order be opened again, but not a cancelled one', () => {
    const closed = play([observation({ platform: 'fetching', status: 'closed', updatedAt: at(1) })]);
    const cancelled = play([observation({ platform: 'fetching', status: 'cancelled', updatedAt: at(1) })]);
    const opened = observation({ platform: 'fetching', status: 'confirmed', updatedAt: at(2) });

    expect(merge(closed, opened, NOW).outcome).toBe('updated');
    expect(merge(cancelled, opened, NOW).outcome).toBe('stale');
  });

  it('keeps what a later event leaves out', () => {
    const row = play([
      observation({}),
      observation(
        {
          status: 'cancelled',
          updatedAt: at(5),
          personal: {},
          totals: { goods: 0, discount: 0, shipping: 0, fees: 0, tax: 0, total: 0 },
        },
        { omitted: ['personal', 'totals'] },
      ),
    ]);

    expect(row).toMatchObject({
      order: { status: 'cancelled', totals: { total: 1000 } },
      personal: { name: 'Invented Person' },
    });
  });

  it('keeps a name that is masked later, and takes the note that came with the mask', () => {
    const masked = observation(
      { personal: { note: 'ring twice' }, updatedAt: at(5) },
      { omitted: ['personal'] },
    );

    expect(play([observation({}), masked])?.personal).toEqual({
      name: 'Invented Person',
      note: 'ring twice',
    });
  });

  it('decides by progress, then by arrival, when a push names no newer time', () => {
    const row = play([observation({ status: 'ready' })]);

    expect(merge(row, observation({ status: 'received' }, { observedAt: NOW + 5000 }), NOW).outcome).toBe(
      'stale',
    );
    expect(merge(row, observation({ status: 'dispatched' }, { observedAt: NOW - 5000 }), NOW).outcome).toBe(
      'updated',
    );
    expect(
      merge(row, observation({ status: 'ready', warnings: ['x'] }, { observedAt: NOW + 1 }), NOW).outcome,
    ).toBe('updated');
  });

  it('asks for another look when two fetches of one second disagree', () => {
    const row = play([observation({ platform: 'fetching', status: 'received' })]);
    const other = observation({ platform: 'fetching', status: 'confirmed' }, { observedAt: NOW + 300 });

    expect(merge(row, other, NOW)).toMatchObject({ outcome: 'updated', lookAgainInSeconds: 3 });
    expect(merge(row, { ...other, observedAt: NOW + 5000 }, NOW)).not.toHaveProperty('lookAgainInSeconds');
  });

  it('believes a fetch that goes back in platform time only when it is still so a minute later', () => {
    const row = play([observation({ platform: 'fetching', status: 'ready', updatedAt: at(10) })]);
    const back = (observedAt: number) =>
      merge(
        row,
        observation({ platform: 'fetching', status: 'confirmed', updatedAt: at(5) }, { observedAt }),
        NOW,
      );

    expect(back(NOW - 1)).toEqual({ outcome: 'stale' });
    expect(back(NOW + 5000)).toEqual({ outcome: 'stale', lookAgainInSeconds: 60 });
    expect(back(NOW + 60_000)).toMatchObject({ outcome: 'updated', row: { order: { status: 'confirmed' } } });
  });

  it('looks again when the answer to an earlier question states the later platform time, because that may be taken back', () => {
    const row = play([observation({ platform: 'fetching', status: 'delivered', updatedAt: at(5) })]);
    const archived = { platform: 'fetching', status: 'closed', updatedAt: at(10) } as const;

    const late = merge(row, observation(archived, { observedAt: NOW - 3000 }), NOW);
    const open = { platform: 'fetching', status: 'delivered', updatedAt: at(5) } as const;
    const again = merge(late.row, observation(open, { observedAt: NOW + 60_000 }), NOW);

    expect(late).toMatchObject({ outcome: 'updated', lookAgainInSeconds: 60 });
    expect(again).toMatchObject({ outcome: 'updated', row: { order: { status: 'delivered' } } });
  });

  it('shows what cannot be understood without losing the order that was', () => {
    const row = play([observation({}), problem(NOW + 1000)]);

    expect(row).toMatchObject({
      state: 'needs-review',
      review: { reason: 'schema-mismatch' },
      order: { status: 'received' },
      version: 1,
    });
  });

  it('settles attention when a later answer is understood, even an unchanged one', () => {
    const answer = observation({}, { observedAt: NOW + 2000, asked: true });

    const row = play([observation({}), problem(NOW + 1000), answer]);

    expect(row?.state).toBe('ok');
    expect(row).not.toHaveProperty('review');
  });

  it('keeps attention on what nobody understood when something earlier is pushed once more', () => {
    const row = play([observation({}), problem(NOW + 1000), observation({}, { observedAt: NOW + 2000 })]);

    expect(row).toMatchObject({ state: 'needs-review', review: { reason: 'schema-mismatch' } });
  });

  it('ignores a late problem that something newer has overtaken', () => {
    const row = play([observation({}, { observedAt: NOW + 5000 })]);

    expect(merge(row, problem(NOW), NOW).outcome).toBe('stale');
  });

  it('ends in the same content for every order and repetition of the same observations', () => {
    const step = fc.record({
      second: fc.integer({ min: 0, max: 30 }),
      word: fc.constantFrom('received', 'confirmed', 'ready', 'dispatched'),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(step, { minLength: 1, maxLength: 8, selector: ({ second }) => second }),
        fc.infiniteStream(fc.nat()),
        (steps, dice) => {
          // Arrange
          const events = steps.map(({ second, word }) =>
            observation({ status: word as Order['status'], updatedAt: at(second) }),
          );
          const shuffled = [...events, ...events]
            .map((event) => ({ event, key: dice.next().value as number }))
            .sort((a, b) => a.key - b.key);

          // Act
          const row = play(shuffled.map(({ event }) => event));

          // Assert
          const last = steps.reduce((a, b) => (b.second > a.second ? b : a));
          expect(row?.order).toMatchObject({ status: last.word, updatedAt: at(last.second) });
        },
      ),
    );
  });

  it('raises the version with every change of content and the revision with every write', () => {
    const row = play([
      observation({}),
      observation({ status: 'ready', updatedAt: at(5) }),
      observation({ status: 'ready', updatedAt: at(5) }, { observedAt: NOW + 1 }),
    ]);

    expect(row).toMatchObject({ version: 2, revision: 3 });
  });
});
