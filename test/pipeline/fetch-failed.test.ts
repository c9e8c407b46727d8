import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS } from '../../functions/pipeline/failure-policy.ts';
import { BACKFILL_MARGIN_MS, PROBE_EVERY_MS } from '../../functions/storage/circuit-breaker.ts';
import { changed, sent } from '../support/bazaar/bench.ts';
import { FETCHES, openFetcher } from '../support/bazaar/job-benches.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const open = (store: string) => openFetcher(tables, store);

describe('a fetch that fails', () => {
  it('comes back with backoff and its own counter of tries', async () => {
    const bed = open('retry');
    const { id } = bed.shop.place('retry');
    bed.shop.trouble(FETCHES, { status: 503 });

    const back = await bed.work(changed(bed, id));
    bed.clock.move(60_000);
    await bed.work(sent(bed));

    expect(back).toEqual([]);
    expect(bed.queue.sent[0]).toMatchObject({ delaySeconds: 4, message: { attempts: 1 } });
    expect(bed.metrics.total('MessageRetried')).toBe(1);
    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
  });

  it('stays away as long as the platform asks', async () => {
    const bed = open('throttled');
    const { id } = bed.shop.place('throttled');
    bed.shop.trouble(FETCHES, { status: 429, headers: { 'retry-after': '120' } });

    await bed.work(changed(bed, id));

    expect(bed.queue.sent).toMatchObject([{ delaySeconds: 120 }]);
    expect((await bed.context().connection.bucket.take(1, 'urgent')).granted).toBe(0);
  });

  it.each([
    ['the platform refuses', { status: 422 }, {}, 'platform-refused'],
    ['is no JSON', { status: 200, body: 'sorry' }, {}, 'schema-mismatch'],
    ['the platform does not know', { status: 404 }, { attempts: 5, notFound: 5 }, 'not-found-at-platform'],
    ['the platform keeps failing on', { status: 500 }, { attempts: MAX_ATTEMPTS }, 'platform-keeps-failing'],
  ] as const)('shows an order that %s', async (what, answer, tries, reason) => {
    const storeId = `shown-${what.replaceAll(' ', '-')}`;
    const bed = open(storeId);
    const { id } = bed.shop.place(storeId);
    bed.shop.trouble(FETCHES, answer);

    const back = await bed.work({ ...changed(bed, id), ...tries });

    expect(back).toEqual([]);
    expect(await bed.row(id)).toMatchObject({ state: 'needs-review', review: { reason } });
    expect(bed.queue.sent).toEqual([]);
  });

  it('shows an order that its own schema cannot hold', async () => {
    const bed = open('unknown');
    const { id } = bed.shop.place('unknown');
    bed.shop.trouble(FETCHES, { status: 200, body: JSON.stringify({ id, total: 'much' }) });

    await bed.work(changed(bed, id));

    expect(await bed.row(id)).toMatchObject({
      state: 'needs-review',
      review: { reason: 'schema-mismatch', problem: expect.stringContaining('total') as string },
    });
  });

  it('of ours comes back by the queue', async () => {
    const bed = open('ours');
    const { id } = bed.shop.place('ours');
    bed.secretsFail(new Error('Secrets Manager does not answer'));

    const back = await bed.work(changed(bed, id));

    expect(back).toEqual([0]);
    expect(bed.queue.sent).toEqual([]);
  });

  it('of the platform, once, gives up nobody who only waited for the limit before', async () => {
    const bed = open('waited-long');
    const { id } = bed.shop.place('waited-long');
    bed.shop.trouble(FETCHES, { status: 502 });

    await bed.work({ ...changed(bed, id), throttled: MAX_ATTEMPTS + 1 });

    expect(sent(bed)).toMatchObject({ attempts: 1, throttled: MAX_ATTEMPTS + 1 });
    expect(await bed.row(id)).toBeUndefined();
  });

  it('stops no other order of the batch', async () => {
    const bed = open('others');
    const [bad, good] = [bed.shop.place('others'), bed.shop.place('others')];
    bed.shop.trouble(new RegExp(`${bad.id}$`), { status: 200, body: '{' });

    const back = await bed.work(changed(bed, bad.id), changed(bed, good.id));

    expect(back).toEqual([]);
    expect(await bed.row(bad.id)).toMatchObject({ state: 'needs-review' });
    expect(await bed.row(good.id)).toMatchObject({ state: 'ok' });
  });
});

describe('a refused credential', () => {
  it('opens the circuit, lets everything wait, and the first probe that works closes it', async () => {
    // Arrange
    const bed = open('refused');
    const [one, two, three] = [1, 2, 3].map(() => bed.shop.place('refused'));
    const tokens = bed.shop.tokensOf('refused')!;
    bed.shop.revoke('refused');
    const openedAt = bed.clock.now();

    // Act
    const back = await bed.work(changed(bed, one!.id));
    bed.clock.move(1000);
    back.push(...(await bed.work(changed(bed, two!.id), changed(bed, three!.id))));
    const callsWhileOpen = bed.fetches().length;
    const waiting = [sent(bed, 0), sent(bed, 1)];
    bed.setSecret(bed.shop.grant('refused'));
    bed.clock.move(PROBE_EVERY_MS);
    back.push(...(await bed.work(...waiting)));
    const atProbe = bed.fetches().length - callsWhileOpen;
    bed.clock.move(61_000);
    back.push(...(await bed.work(sent(bed))));

    // Assert
    expect(tokens).toBeDefined();
    expect(back).toEqual([]);
    expect(callsWhileOpen).toBe(1);
    expect(atProbe).toBe(1);
    for (const { id } of [one!, two!, three!]) expect(await bed.row(id)).toMatchObject({ state: 'ok' });
    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
    expect(await bed.backfill.read()).toMatchObject({ from: openedAt - BACKFILL_MARGIN_MS });
  });

  it('is tried by one probe alone, also where several get a slot before the place that they waited for', async () => {
    const bed = open('ahead');
    const orders = [1, 2, 3].map(() => bed.shop.place('ahead'));
    await bed.circuit.trip('401', 'Renew it.');
    bed.clock.move(PROBE_EVERY_MS);
    const scheduledAt = bed.clock.now() + 20_000;

    const back = await bed.work(...orders.map(({ id }) => ({ ...changed(bed, id), scheduledAt })));

    expect(back).toEqual([]);
    expect(bed.fetches()).toHaveLength(1);
  });

  it('uses up no tries and never ends in the dead-letter queue, however long it lasts', async () => {
    const bed = open('long');
    const { id } = bed.shop.place('long');
    bed.shop.revoke('long');
    await bed.circuit.trip('401', 'Renew it.');
    await bed.work(changed(bed, id));

    for (let round = 0; round < 30; round += 1) {
      bed.clock.move(60_000);
      expect(await bed.work(sent(bed))).toEqual([]);
    }

    expect(sent(bed)).toMatchObject({ attempts: 0 });
    expect(bed.fetches()).toHaveLength(6);
    expect(bed.queue.sent).toHaveLength(31);
  });
});
