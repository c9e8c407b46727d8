import { describe, expect, it } from 'vitest';
import { eraseOrder } from '../../../functions/pipeline/privacy/erase.ts';
import { mergeFound, parseStored, replayStored } from '../../../functions/pipeline/replay/replay.ts';
import { openBazaar } from '../../support/bazaar/bench.ts';
import type { BazaarKind } from '../../support/bazaar/intake.ts';
import { bytesOf } from '../../support/bazaar/read.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const really = { dryRun: false, correlationId: 'ops-1' };
const dry = { ...really, dryRun: true };

/** A store with one order of Bazaar's, and a row that an earlier release made of bytes it did not understand. */
function open(store: string, kind: BazaarKind = {}) {
  const bed = openBazaar(tables, { stores: [store], ...kind });
  const context = bed.context();
  const json = bed.shop.place(store);
  const key = bed.key(json.id);
  return {
    ...bed,
    context,
    json,
    key,
    notUnderstood: async (bytes: Uint8Array) => {
      await bed.notUnderstood(json.id, bytes);
      bed.clock.move(60_000);
    },
    replay: (options = really) => replayStored(context, key, options),
    current: () => context.orders.get(key),
  };
}

describe.each(['fetched', 'pushed'] as const)('bytes of a platform whose truth is %s', (truth) => {
  it('that are understood by now become the order, without a call to the platform', async () => {
    // Arrange
    const bed = open(`understood-${truth}`, { truth });
    await bed.notUnderstood(bytesOf(bed.json));

    // Act
    const preview = await bed.replay(dry);
    const between = await bed.current();
    const done = await bed.replay();
    const again = await bed.replay();

    // Assert
    expect(preview).toEqual(done);
    expect(between?.state).toBe('needs-review');
    expect(done).toMatchObject({
      result: 'updated',
      changes: expect.arrayContaining(['state', 'totals']) as string[],
    });
    expect(await bed.current()).toMatchObject({
      state: 'ok',
      origin: { first: { via: 'webhook' }, last: { via: 'replay' } },
    });
    expect(again.result).toBe('unchanged');
    expect(JSON.stringify(preview)).not.toMatch(/@|"name"/);
    expect(bed.shop.calls).toEqual([]);
  });
});

describe('a replay', () => {
  it('never puts an older content over a newer one', async () => {
    // Arrange: what could not be read came late, and is older than what the row has.
    const bed = open('older');
    const newer = { ...bed.json, updated: '2027-01-01T00:00:00.000Z', total: 99 };
    await bed.notUnderstood(bytesOf(newer));
    await bed.replay();
    await bed.notUnderstood(bytesOf({ ...bed.json, updated: '2026-01-01T00:00:00.000Z' }));

    // Act
    const result = await bed.replay();
    const again = await bed.replay();

    // Assert
    expect([result.result, again.result]).toEqual(['stale', 'bytes-expired']);
    expect(await bed.current()).toMatchObject({ state: 'ok', order: { totals: { total: 99 } } });
  });

  it('reads the bytes that the content was made from, not those that were set aside before it', async () => {
    // Arrange: not understood, then seen again with the content that the row had already.
    const bed = open('set-aside');
    await bed.notUnderstood(bytesOf(bed.json));
    await bed.replay();
    await bed.notUnderstood(bytesOf({ ...bed.json, total: 99 }));
    const reading = parseStored(bed.platform, bed.store(), bytesOf(bed.json));
    if (reading.kind !== 'orders') throw new Error('the sample is an order');
    await mergeFound(bed.context, reading.orders[0]!, { ...really, observedAt: bed.clock.now() });

    // Act
    const result = await bed.replay();

    // Assert
    expect(result.result).toBe('unchanged');
    expect((await bed.current())?.order?.totals.total).toBe(bed.json.total);
  });

  it('of an order whose person was erased brings nothing back', async () => {
    const bed = open('erased');
    await bed.notUnderstood(bytesOf(bed.json));
    await eraseOrder(
      { ...bed.context, commands: { erase: async () => {} }, emails: { erase: async () => {} } },
      bed.key,
      {
        because: 'operator',
        request: 'c',
      },
    );

    expect((await bed.replay()).result).toBe('personal-data-erased');
    expect(await bed.current()).not.toHaveProperty('personal');
  });

  it('says when the bytes are gone, or there never was an order', async () => {
    const bed = open('gone');
    await bed.notUnderstood(bytesOf(bed.json));
    await bed.context.raws.forget(bed.key);

    expect((await bed.replay()).result).toBe('bytes-expired');
    const nobody = { ...bed.key, platformOrderId: 'o-nobody' };
    expect((await replayStored(bed.context, nobody, really)).result).toBe('no-such-order');
  });

  it.each([
    ['of a wrong shape', bytesOf({ id: 'o-1', total: 'much' })],
    ['that are no JSON', Buffer.from('<html>')],
  ])('leaves a row as it is when its bytes are %s', async (what, bytes) => {
    const bed = open(`still-${what.replaceAll(' ', '-')}`);
    await bed.notUnderstood(bytes);
    const before = await bed.current();

    expect((await bed.replay()).result).toBe('still-not-understood');
    expect(await bed.current()).toEqual(before);
  });

  it('leads to a fetch when the bytes only ask for one', async () => {
    const bed = open('asks');
    await bed.notUnderstood(bytesOf({ kind: 'refresh', orderId: bed.json.id }));

    expect((await bed.replay()).result).toBe('needs-fetch');
    expect((await bed.current())?.state).toBe('needs-review');
  });
});
