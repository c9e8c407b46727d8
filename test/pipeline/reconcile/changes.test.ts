import { BatchGetCommand, DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { upsertOrder } from '../../../functions/pipeline/order-writer.ts';
import { MOST_TOGETHER } from '../../../functions/runtime/cohorts.ts';
import { ORDER_ROW_SK } from '../../../functions/storage/keys.ts';
import { changed } from '../../support/bazaar/bench.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { deliver } from '../../support/deployment-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

/** A store whose lists tell of changes; `keep` brings orders into the table as the consumer does, as they are now. */
function open(store: string) {
  const bed = openReconciliation(tables, { stores: [store] });
  const processor = bed.processor();
  return {
    ...bed,
    keep: async (...ids: string[]) => {
      await deliver(processor, ...ids.map((id) => changed(bed, id)));
    },
  };
}

describe('a reconciliation by a list of changes', () => {
  it('queues what the table lacks or has older, and leaves what is current alone', async () => {
    // Arrange: three orders, of which one is current, one was paid without a word, and one never came.
    const bed = open('differs');
    await bed.run();
    bed.clock.move(minutes(1));
    const [current = '', older = '', missed = ''] = [1, 2, 3].map(() => bed.shop.place('differs').id);
    await bed.keep(current, older);
    bed.clock.move(minutes(10));
    bed.shop.change(older, { status: 'accepted' });
    bed.clock.move(minutes(10));

    // Act
    const report = await bed.run();

    // Assert
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report.counts).toMatchObject({ missing: 1, stale: 1, repaired: 2, missed: 2, failed: 0 });
    expect(bed.queued().toSorted()).toEqual([older, missed].toSorted());
    for (const message of bed.queuedMessages())
      expect(message).toMatchObject({
        kind: 'refresh',
        storeId: 'differs',
        origin: 'reconcile',
        priority: 'bulk',
        correlationId: expect.stringContaining(report.runId) as string,
      });
  });

  it('reads a row as it stands only where one that may be late does not say what is listed', async () => {
    // Arrange: two orders are current; a read that may be late shows nothing of the second yet.
    const bed = open('late');
    await bed.run();
    bed.clock.move(minutes(1));
    const [current = '', hidden = ''] = [1, 2].map(() => bed.shop.place('late').id);
    await bed.keep(current, hidden);
    bed.clock.move(minutes(10));
    const reads: string[] = [];
    const idOf = (key: { pk?: unknown }) => String(key.pk).split('#').at(-1);
    const send = DynamoDBDocumentClient.prototype.send as (
      this: unknown,
      command: unknown,
    ) => Promise<object>;
    const spy = vi.spyOn(DynamoDBDocumentClient.prototype, 'send').mockImplementation(function (
      this: unknown,
      command: unknown,
    ) {
      if (command instanceof GetCommand && command.input.Key?.sk === ORDER_ROW_SK)
        reads.push(`${idOf(command.input.Key)} as it stands`);
      if (!(command instanceof BatchGetCommand)) return send.call(this, command);
      const [request] = Object.entries(command.input.RequestItems ?? {});
      const [name = '', { Keys = [], ConsistentRead } = {}] = request ?? [];
      reads.push(...Keys.map((key) => `${idOf(key)} ${ConsistentRead === false ? 'late' : 'as it stands'}`));
      const shown = Keys.filter((key) => idOf(key) !== hidden);
      return send.call(
        this,
        new BatchGetCommand({ RequestItems: { [name]: { Keys: shown, ConsistentRead } } }),
      );
    });

    // Act
    const { counts } = await bed.run();

    // Assert
    spy.mockRestore();
    expect(counts).toMatchObject({ seen: 2, missing: 0, stale: 0 });
    expect(reads.toSorted()).toEqual(
      [`${current} late`, `${hidden} late`, `${hidden} as it stands`].toSorted(),
    );
  });

  it('is repaired by the consumer, and then finds nothing any more', async () => {
    const bed = open('repaired');
    const id = bed.placeAndWait(minutes(30));
    await bed.run();

    const back = await deliver(bed.processor(), ...bed.queue.sent.map(({ message }) => message));
    bed.clock.move(minutes(10));
    const again = await bed.run();

    expect(back).toEqual([]);
    expect(await bed.row(id)).toMatchObject({ state: 'ok', origin: { first: { via: 'reconcile' } } });
    expect(again.counts).toMatchObject({ missing: 0, stale: 0, repaired: 0 });
  });

  it('backfills a new deployment, page after page, without calling it missed', async () => {
    // Arrange: 300 orders over 2 days.
    const bed = open('backfill');
    for (let order = 0; order < 300; order += 1) bed.placeAndWait(days(2) / 300);
    bed.clock.move(minutes(10));

    // Act
    const report = await bed.run();

    // Assert
    expect(report).toMatchObject({ outcome: 'done', left: [] });
    expect(report.counts).toMatchObject({ missing: 300, repaired: 300, missed: 0 });
    expect(new Set(bed.queued()).size).toBe(300);
    expect(bed.queuedMessages()).toHaveLength(300);
    expect(bed.queue.sent.length, 'what differs on a page travels together').toBeLessThan(30);
    expect(bed.shop.calls.length).toBeLessThan(30);
  });

  it('leaves to live traffic what happened a moment ago, unless a person asks', async () => {
    const bed = open('moment');
    await bed.run();
    bed.clock.move(minutes(10));
    const fresh = bed.placeAndWait(minutes(1));

    const scheduled = await bed.run();
    const asked = await bed.run({ event: { from: '2026-11-22T11:00:00Z' } });

    expect(scheduled.counts).toMatchObject({ missing: 0 });
    expect(asked.counts).toMatchObject({ missing: 1, missed: 0 });
    expect(bed.queued()).toEqual([fresh]);
  });

  it('leaves to live traffic what another list shows, and what changed a moment ago', async () => {
    const bed = open('moment-before');
    const id = bed.placeAndWait(minutes(60));
    bed.shop.change(id, { status: 'accepted' });
    bed.clock.move(minutes(1));

    const report = await bed.run();

    expect(report.counts).toMatchObject({ missing: 0 });
    expect(report.counts.seen).toBeGreaterThan(0);
    expect(bed.queued()).toEqual([]);
  });

  it.each([
    ['the most urgent', 'urgent', 15, 0],
    ['a bulk', 'bulk', 15, 0],
    ['a long lost', 'urgent', -90, 1],
  ] as const)(
    'counts as missed or not what %s message is about to fetch',
    async (what, priority, inMinutes, missed) => {
      const storeId = `pending-${what.replaceAll(' ', '-')}`;
      const bed = open(storeId);
      await bed.run();
      bed.clock.move(minutes(5));
      const id = bed.placeAndWait(0);
      await bed.context().pending.schedule(
        { resource: 'order', id },
        {
          me: 'webhook',
          scheduledAt: bed.clock.now() + minutes(inMinutes),
          priority,
          staleSince: bed.clock.now(),
        },
      );
      bed.clock.move(minutes(10));

      const report = await bed.run();

      expect(report.counts).toMatchObject({ missing: 1, repaired: 1, missed });
    },
  );

  it('finds after two days without the platform what happened meanwhile', async () => {
    // Arrange
    const bed = open('away');
    await bed.run();
    bed.shop.revoke('away');
    bed.clock.move(minutes(20));
    const refused = await bed.run();
    const ids = [bed.placeAndWait(minutes(1)), bed.placeAndWait(minutes(1))];
    bed.clock.move(days(2));
    const still = await bed.run();
    bed.setSecret(bed.shop.grant('away'));
    bed.clock.move(minutes(10));

    // Act
    const probe = await bed.run();
    const afterwards = await bed.run();

    // Assert
    expect([refused, still, probe, afterwards].map(({ outcome }) => outcome)).toEqual([
      'paused',
      'paused',
      'done',
      'done',
    ]);
    expect(probe.counts).toMatchObject({ missing: 2, repaired: 2 });
    expect(new Set(bed.queued())).toEqual(new Set(ids));
    expect(await bed.backfill.read()).toBeUndefined();
  });

  it('sees by night what changed without moving the order’s own time', async () => {
    // Arrange
    const bed = open('night');
    const { id, updated } = bed.shop.place('night');
    await bed.keep(id);
    await bed.run();
    bed.clock.move(days(2));
    bed.shop.change(id, { status: 'packed', updated });
    bed.clock.move(minutes(30));

    // Act
    const report = await bed.run();

    // Assert
    expect(report.counts).toMatchObject({ stale: 1, repaired: 1, missed: 0 });
    expect(bed.queued()).toEqual([id]);
  });

  it('repairs nothing twice within a run, and nothing at all in a dry run', async () => {
    const bed = open('twice');
    const id = bed.placeAndWait(minutes(30));
    const before = await bed.written();

    const dry = await bed.run({ event: { scheduled: true, dryRun: true } });
    const after = await bed.written();
    const wet = await bed.run();

    expect(dry.counts).toMatchObject({ missing: 1, repaired: 0 });
    expect(after).toEqual(before);
    expect(wet.counts).toMatchObject({ missing: 1, repaired: 1 });
    expect(bed.queued()).toEqual([id]);
  });

  it('goes on after orders that cannot be queued, and meets them again', async () => {
    // Arrange: more orders than travel in one message.
    const bed = open('refused');
    const ids = Array.from({ length: MOST_TOGETHER + 10 }, () => bed.placeAndWait(0));
    bed.clock.move(minutes(30));
    bed.queue.refusing = 1;

    // Act
    const first = await bed.run();
    const second = await bed.run();

    // Assert
    expect(first).toMatchObject({ outcome: 'unfinished' });
    const { missing, repaired, failed } = first.counts;
    expect(missing).toBe(ids.length);
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThanOrEqual(MOST_TOGETHER);
    expect(repaired).toBe(ids.length - failed);
    expect(new Set(bed.queued())).toEqual(new Set(ids));
    expect(second.outcome).toBe('done');
  });

  it('counts entries that are no orders, names none of their content, and reads the others', async () => {
    const bed = open('nameless');
    const { id } = bed.shop.place('nameless');
    const orders = ['secret text', bed.shop.order(id)];
    bed.shop.trouble(/^\/orders$/, { status: 200, body: JSON.stringify({ orders }) });
    bed.clock.move(minutes(30));

    const report = await bed.run({ event: { from: '2026-11-22T00:00:00Z', dryRun: true } });

    expect(report.counts.failed).toBe(1);
    expect(report.examples).toContainEqual({ order: id, finding: 'missing' });
    expect(JSON.stringify(bed.log.lines)).not.toContain('secret text');
  });

  it('fetches an order again that the platform did not show before, and not one that it could not understand', async () => {
    // Arrange
    const bed = open('shown');
    const [hidden = '', odd = ''] = [bed.placeAndWait(0), bed.placeAndWait(0)];
    bed.clock.move(minutes(5));
    for (const [id, reason] of [
      [hidden, 'not-found-at-platform'],
      [odd, 'schema-mismatch'],
    ] as const) {
      await upsertOrder(bed.context(), {
        key: bed.key(id),
        reading: { review: { reason, problem: 'test' } },
        observedAt: bed.clock.now(),
        receivedAt: bed.clock.now(),
        origin: 'webhook',
        correlationId: 'c',
        bytes: Buffer.from('{}'),
      });
    }
    bed.clock.move(minutes(30));

    // Act
    const report = await bed.run();

    // Assert
    expect(bed.queued()).toEqual([hidden]);
    expect(report.counts).toMatchObject({ stale: 1, missed: 0 });
  });
});
