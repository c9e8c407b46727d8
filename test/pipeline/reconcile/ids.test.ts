import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { ORDER_ROW_SK } from '../../../functions/storage/keys.ts';
import { remember } from '../../../functions/storage/reconcile-memory.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const ORDER = /^\/orders\//;
const ASKED = { from: '2026-11-20T00:00:00Z' };

/** A store that is polled, and whose list has ids only. */
function open(store: string, settings = {}) {
  const bed = openReconciliation(tables, { stores: [store], truth: 'pushed', lists: 'ids', settings });
  return { ...bed, place: () => bed.placeAndWait(0), fetched: () => bed.shop.callsTo(ORDER).length };
}

describe('a reconciliation by a list of ids', () => {
  it('reads no row that the index of changes names, and looks in the table for every other', async () => {
    // Arrange
    const bed = open('indexed');
    bed.place();
    await bed.run({ event: ASKED });
    const absent = bed.place();
    const send = vi.spyOn(DynamoDBDocumentClient.prototype, 'send');

    // Act
    const { counts } = await bed.run();

    // Assert
    const read = send.mock.calls.flatMap(([command]) =>
      command instanceof GetCommand && command.input.Key?.sk === ORDER_ROW_SK ? [command.input.Key.pk] : [],
    );
    send.mockRestore();
    expect(counts).toMatchObject({ seen: 2, missing: 0 });
    expect(read).toEqual([expect.stringMatching(new RegExp(`#${absent}$`))]);
  });

  it('fetches an order whose page was read and never arrived, once two polls had the time to bring it', async () => {
    // Arrange
    const bed = open('lost');
    await bed.run();
    bed.clock.move(minutes(60));
    const id = bed.place();

    // Act
    const early = await bed.run();
    bed.clock.move(minutes(60));
    const late = await bed.run();
    const again = await bed.run();

    // Assert
    expect(early.counts).toMatchObject({ seen: 1, missing: 0, repaired: 0 });
    expect(late.counts).toMatchObject({ missing: 1, repaired: 1, missed: 1 });
    expect(again.counts).toMatchObject({ seen: 1, missing: 0 });
    expect(await bed.row(id)).toMatchObject({ state: 'ok', origin: { first: { via: 'reconcile' } } });
    expect(bed.fetched()).toBe(1);
  });

  it('does not call missed what was there before the store was compared first', async () => {
    const bed = open('backlog');
    const id = bed.place();
    await bed.run();
    bed.clock.move(minutes(60));

    const report = await bed.run();

    expect(report.counts).toMatchObject({ missing: 1, repaired: 1, missed: 0 });
    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
  });

  it('fetches at once when a person asks, and does not call that missed', async () => {
    const bed = open('asked');
    const id = bed.place();

    const report = await bed.run({ event: ASKED });

    expect(report.counts).toMatchObject({ missing: 1, repaired: 1, missed: 0 });
    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
  });

  it('fetches and writes nothing in a dry run', async () => {
    const bed = open('dry');
    const id = bed.place();
    const before = await bed.written();

    const report = await bed.run({ event: { ...ASKED, dryRun: true } });

    expect(report.examples).toEqual([{ order: id, finding: 'missing' }]);
    expect(bed.fetched()).toBe(0);
    expect(await bed.written()).toEqual(before);
  });

  it('stops where its limit ends and goes on from there, never over the limit', async () => {
    // Arrange: more orders than fit one run at 20 calls a minute.
    const bed = open('many', { rate: { perSecond: 20 / 60, burst: 2 } });
    const ids = Array.from({ length: 70 }, bed.place);
    await bed.run();
    bed.clock.move(minutes(60));
    const before = bed.shop.calls.length;

    // Act
    const reports = [];
    for (let round = 0; round < 4; round += 1) {
      reports.push(await bed.run());
      bed.clock.move(minutes(60));
    }

    // Assert
    expect(reports.map(({ outcome }) => outcome)).toEqual(['unfinished', 'done', 'done', 'done']);
    for (const id of ids) expect(await bed.row(id), id).toMatchObject({ state: 'ok' });
    expect(bed.fetched()).toBe(70);
    const times = bed.shop.calls.slice(before).map(({ at }) => at);
    for (const [index, at] of times.entries())
      expect(at - (times[index - 2] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(2_900);
  });

  it('goes on after an order that the platform fails to show, and asks for it again', async () => {
    // Arrange
    const bed = open('bad');
    const [bad, good] = [bed.place(), bed.place()];
    bed.shop.trouble(new RegExp(`${bad}$`), { status: 500 });

    // Act
    const first = await bed.run({ event: ASKED });
    bed.clock.move(minutes(60));
    const second = await bed.run();

    // Assert
    expect(first).toMatchObject({ outcome: 'unfinished' });
    expect(first.counts).toMatchObject({ missing: 2, repaired: 1, failed: 1 });
    expect(await bed.row(good)).toMatchObject({ state: 'ok' });
    expect(second).toMatchObject({ outcome: 'done', counts: { repaired: 1 } });
  });

  it('gives up a run when the platform fails three times in a row', async () => {
    const bed = open('down');
    for (let order = 0; order < 6; order += 1) bed.place();
    bed.shop.trouble(ORDER, { status: 503 }, { times: 9 });

    const report = await bed.run({ event: ASKED });

    expect(report).toMatchObject({ outcome: 'failed', counts: { failed: 3 } });
    expect(bed.fetched()).toBe(3);
  });

  it('comes to the others although the platform fails to show three of them each time', async () => {
    // Arrange
    const bed = open('three-bad');
    const ids = Array.from({ length: 5 }, bed.place);
    const [first, second, third, ...good] = ids;
    bed.shop.trouble(new RegExp(`(${first}|${second}|${third})$`), { status: 500 }, { times: 99 });
    await bed.run({ event: ASKED });
    bed.clock.move(minutes(15));

    // Act
    await bed.run({ event: ASKED });

    // Assert
    for (const id of good) expect(await bed.row(id), id).toMatchObject({ state: 'ok' });
  });

  it('asks once a day only for an order that the platform does not show', async () => {
    const bed = open('outside');
    const id = bed.place();
    bed.shop.trouble(ORDER, { status: 404 }, { times: 9 });
    await bed.run({ event: ASKED });
    bed.clock.move(minutes(60));

    const soon = await bed.run();
    bed.clock.move(days(1));
    const tomorrow = await bed.run();

    expect(soon).toMatchObject({ outcome: 'done', counts: { failed: 0 } });
    expect(tomorrow.counts).toMatchObject({ failed: 1 });
    expect(bed.fetched()).toBe(2);
    expect(await bed.row(id)).toBeUndefined();
  });

  it('keeps an order whose own id is another than the listed one, says what to check, and asks no more today', async () => {
    // Arrange
    const bed = open('other-id');
    const id = bed.place();
    const body = JSON.stringify({ ...bed.shop.order(id), id: 'o-own' });
    bed.shop.trouble(ORDER, { status: 200, body }, { times: 9 });

    // Act
    const report = await bed.run({ event: ASKED });
    bed.clock.move(minutes(60));
    await bed.run();

    // Assert
    expect(report.counts).toMatchObject({ missing: 1, failed: 1, repaired: 0 });
    expect(bed.log.lines.some(({ message }) => message.includes('tell Bazaar'))).toBe(true);
    expect(bed.fetched()).toBe(1);
    expect(await bed.row('o-own')).toMatchObject({ state: 'ok' });
  });

  it('shows an order that it fetched and could not understand', async () => {
    const bed = open('not-understood');
    const id = bed.place();
    bed.shop.trouble(ORDER, { status: 200, body: JSON.stringify({ id, total: 'much' }) });

    await bed.run({ event: ASKED });

    expect(await bed.row(id)).toMatchObject({ review: { reason: 'schema-mismatch' } });
  });

  it('counts listed ids that cannot be read, and reads the others', async () => {
    const bed = open('odd-ids');
    const id = bed.place();
    bed.shop.trouble(/order-ids/, { status: 200, body: JSON.stringify({ ids: [id, 5, null] }) });

    const report = await bed.run({ event: ASKED });

    expect(report.counts).toMatchObject({ seen: 3, failed: 2, missing: 1, repaired: 1 });
  });

  it('opens the circuit when the platform lets nobody in', async () => {
    const bed = open('no-date');
    bed.shop.trouble(/order-ids/, { status: 403 });

    const report = await bed.run();

    expect(report.outcome).toBe('paused');
    expect(await bed.circuit.check()).toMatchObject({ allowed: false });
  });
});

describe('the memory of missing ids', () => {
  it('keeps since when an id is missing, and forgets one that came in', () => {
    const known = { a: { since: 1, askAgainAt: 9 }, b: { since: 2 } };

    expect(remember(known, ['b', 'c', 'constructor'], 5)).toEqual({
      b: { since: 2 },
      c: { since: 5 },
      constructor: { since: 5 },
    });
  });
});
