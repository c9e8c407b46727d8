import { describe, expect, it } from 'vitest';
import { fetchAgain } from '../../../functions/pipeline/replay/fetch-again.ts';
import { MOST_TOGETHER } from '../../../functions/runtime/cohorts.ts';
import { BACKFILL_MARGIN_MS, PROBE_EVERY_MS } from '../../../functions/storage/circuit-breaker.ts';
import { type BenchOptions, inLine, openBazaar } from '../../support/bazaar/bench.ts';
import { deliver } from '../../support/deployment-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const really = { dryRun: false, correlationId: 'ops-1' };

/** A store whose orders no consumer fetches: an operator's command fetches them itself. */
function open(store: string, settings: BenchOptions['settings'] = {}) {
  const bed = openBazaar(tables, { stores: [store], truth: 'pushed', settings });
  return {
    ...bed,
    circuit: bed.circuit,
    place: () => bed.shop.place(store).id,
    fetch: async (id: string, options = really) => {
      const [result] = await fetchAgain(bed.context(), [bed.key(id)], options);
      return result!;
    },
  };
}

describe('an order of a pushing platform that is fetched again', () => {
  it('is fetched now, and the row tells how it came', async () => {
    const bed = open('now');
    const id = bed.place();

    const result = await bed.fetch(id);

    expect(result.result).toBe('created');
    expect(bed.queue.sent).toEqual([]);
    expect(await bed.row(id)).toMatchObject({ state: 'ok', origin: { first: { via: 'replay' } } });
  });

  it('waits for its slot in the shared bucket, however many there are', async () => {
    // Arrange
    const bed = open('slots', { rate: { perSecond: 1, burst: 2 } });
    const ids = Array.from({ length: 5 }, bed.place);

    // Act
    for (const id of ids) await bed.fetch(id);

    // Assert
    const times = bed.shop.callsTo(/orders/).map(({ at }) => at);
    expect(times).toHaveLength(5);
    expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual(3000);
    expect(await bed.row(ids[4]!)).toMatchObject({ state: 'ok' });
  });

  it('is dated by its slot, not by when it began to wait', async () => {
    const bed = open('dated', { rate: { perSecond: 0.1, burst: 1 } });
    await bed.fetch(bed.place());
    const id = bed.place();
    const before = bed.clock.now();

    await bed.fetch(id);

    expect((await bed.row(id))!.observedAt).toBeGreaterThan(before);
  });

  it('writes nothing in a dry run, and says what it would change', async () => {
    const bed = open('dry');
    const id = bed.place();

    const result = await bed.fetch(id, { ...really, dryRun: true });

    expect(result).toMatchObject({
      result: 'created',
      changes: expect.arrayContaining(['personal', 'status']) as string[],
    });
    expect(await bed.row(id)).toBeUndefined();
  });

  it('is not fetched while the circuit is open, and says why', async () => {
    const bed = open('paused');
    const id = bed.place();
    await bed.circuit.trip('401', 'Renew it.');

    const result = await bed.fetch(id);

    expect(result).toMatchObject({ result: 'failed', problem: 'Bazaar is paused: 401. Renew it.' });
    expect(bed.shop.calls).toEqual([]);
  });

  it('closes the circuit as its probe, and asks for what was missed meanwhile', async () => {
    // Arrange
    const bed = open('probe');
    const id = bed.place();
    const openedAt = bed.clock.now();
    await bed.circuit.trip('401', 'Renew it.');
    bed.clock.move(PROBE_EVERY_MS);

    // Act
    const result = await bed.fetch(id);

    // Assert
    expect(result.result).toBe('created');
    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
    expect(await bed.backfill.read()).toMatchObject({ from: openedAt - BACKFILL_MARGIN_MS });
  });

  it('opens the circuit when the credential is refused', async () => {
    const bed = open('refused');
    const id = bed.place();
    bed.shop.revoke('refused');

    const result = await bed.fetch(id);

    expect(result).toMatchObject({
      result: 'failed',
      problem: expect.stringContaining('auth-failed') as string,
    });
    expect(await bed.circuit.check()).toMatchObject({ allowed: false });
  });

  it('is refused when the platform answers with another', async () => {
    const bed = open('other');
    const [id, other] = [bed.place(), bed.place()];
    bed.shop.trouble(/orders/, { status: 200, body: JSON.stringify(bed.shop.order(other)) });

    const result = await bed.fetch(id);

    expect(result).toMatchObject({
      result: 'still-not-understood',
      problem: expect.stringContaining('another') as string,
    });
    expect(await bed.row(other)).toBeUndefined();
  });

  it('changes nothing when the answer is not understood', async () => {
    const bed = open('odd');
    const id = bed.place();
    bed.shop.trouble(/orders/, { status: 200, body: JSON.stringify({ id, total: 'much' }) });

    const result = await bed.fetch(id);

    expect(result).toMatchObject({
      result: 'still-not-understood',
      problem: expect.stringMatching(/^schema-mismatch: .*total/) as string,
    });
    expect(await bed.row(id)).toBeUndefined();
  });
});

describe('orders of a platform whose consumer fetches', () => {
  it('go through its queue, also while the circuit is open', async () => {
    const bed = openBazaar(tables, { stores: ['queued'] });
    const { id } = bed.shop.place('queued');
    await bed.circuit.trip('401', 'Renew it.');

    const result = await fetchAgain(bed.context(), [bed.key(id)], really);

    expect(result).toEqual([{ order: `bazaar#queued#order#${id}`, result: 'queued' }]);
    expect(bed.shop.calls).toEqual([]);
    expect(bed.queue.sent).toMatchObject([
      { message: { kind: 'refresh', correlationId: `ops-1-${id}`, orderId: id, priority: 'bulk' } },
    ]);
  });

  it('travel together, as few messages as it fits, and are each fetched', async () => {
    // Arrange
    const bed = openBazaar(tables, { stores: ['together'] });
    const ids = Array.from({ length: MOST_TOGETHER + 10 }, () => bed.shop.place('together').id);

    // Act
    const results = await fetchAgain(
      bed.context(),
      ids.map((id) => bed.key(id)),
      really,
    );
    const messages = bed.queue.sent.length;
    const { line, processor } = inLine(bed, bed.processor());
    line.delaySeconds = 0;
    for (const { message } of bed.queue.sent) await deliver(processor, message);

    // Assert
    expect(results).toEqual(ids.map((id) => ({ order: `bazaar#together#order#${id}`, result: 'queued' })));
    expect(messages).toBe(2);
    const rows = await Promise.all(ids.map((id) => bed.row(id)));
    expect(rows.every((row) => row?.state === 'ok')).toBe(true);
  });

  it('fail one message at a time, where the queue does not take it', async () => {
    // Arrange
    const bed = openBazaar(tables, { stores: ['untaken'] });
    const ids = Array.from({ length: MOST_TOGETHER + 1 }, () => bed.shop.place('untaken').id);
    bed.queue.refusing = 1;

    // Act
    const results = await fetchAgain(
      bed.context(),
      ids.map((id) => bed.key(id)),
      really,
    );

    // Assert
    const failed = results.filter(({ result }) => result === 'failed');
    expect(failed).toHaveLength(MOST_TOGETHER);
    expect(results.at(-1)?.result).toBe('queued');
  });

  it('stay where they are in a dry run, which says the same', async () => {
    const bed = openBazaar(tables, { stores: ['dry-queued'] });
    const ids = [1, 2].map(() => bed.shop.place('dry-queued').id);

    const results = await fetchAgain(
      bed.context(),
      ids.map((id) => bed.key(id)),
      { ...really, dryRun: true },
    );

    expect(results.map(({ result }) => result)).toEqual(['queued', 'queued']);
    expect(bed.queue.sent).toEqual([]);
  });
});
