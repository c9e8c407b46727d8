import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { personalKinds } from '../../functions/pipeline/privacy/personal-kinds.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { changed, openBazaar, received, refresh } from '../support/bazaar/bench.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const CUSTOMER = { id: '77', email: 'invented@example.com', phone: '+540000', document: '30111222' };
const PERSON = /invented@example|\+540000|30111222/;

function open(...stores: [string, ...string[]]) {
  const bed = openBazaar(tables, { stores });
  const processor = bed.processor();
  const [shop] = stores;
  const request = (topic: string, body: object) =>
    received(bed, { shop, customer: CUSTOMER, ...body }, { topic });
  return {
    ...bed,
    circuit: bed.circuit,
    processor,
    request,
    reports: bed.privacy(shop).reports,
    work: deliver.bind(undefined, processor),
    erase: (orders: string[], rest: object = {}) => request('erase-customer', { orders, ...rest }),
    ask: (orders: string[]) =>
      request('export-customer', { orders, carts: ['214'], request: `report-of-${shop}` }),
    /** Orders that are in the table, by their ids. */
    async place(count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, () => bed.shop.place(shop).id);
      for (const id of ids) {
        bed.clock.move(1000);
        await deliver(processor, changed(bed, id, shop));
      }
      return ids;
    },
  };
}

/** What the merchant's system wants done to an order, and says of its buyer. */
async function command(bed: ReturnType<typeof open>, id: string) {
  const commands = createCommandStore({ ...tables, clock: bed.clock });
  await commands.accept(bed.key(id), {
    client: `erp-${bed.storeId}`,
    id: 'note',
    command: 'note',
    input: { text: `Call ${CUSTOMER.email}` },
    sha256: 'sha',
    giveUpAt: bed.clock.now() + 3_600_000,
    correlationId: 'c-note',
  });
  return () => commands.ofOrder(bed.key(id));
}

const expectErased = (row: OrderRow | undefined) => {
  expect(row).toMatchObject({ state: 'ok', erased: { request: expect.stringMatching(/^c-/) as string } });
  expect(row).not.toHaveProperty('personal');
  expect(row).not.toHaveProperty('raw');
};

describe('a request to erase a customer', () => {
  it('erases the named orders, whatever comes of them later, and leaves the others', async () => {
    // Arrange
    const bed = open('redact');
    const [erased = '', kept = ''] = await bed.place(2);
    const { id: later } = bed.shop.place('redact');

    // Act
    const back = await bed.work(bed.erase([erased, later]));
    bed.clock.move(60_000);
    bed.shop.change(erased, { total: 99 });
    back.push(...(await bed.work(changed(bed, erased), refresh(bed, later))));

    // Assert
    expect(back).toEqual([]);
    for (const id of [erased, later]) {
      expectErased(await bed.row(id));
      expect(await bed.copies(id)).toEqual([]);
    }
    expect((await bed.row(erased))?.order?.totals.total).toBe(99);
    expect((await bed.row(kept))?.personal).toMatchObject({ name: 'Invented Person' });
    expect(bed.metrics.total('PersonalDataErased')).toBe(1);
  });

  it('erases what the merchant’s system said of the person when it wanted something done', async () => {
    const bed = open('redact-commands');
    const [id = ''] = await bed.place(1);
    const kept = await command(bed, id);

    await bed.work(bed.erase([id]));

    expect(await kept()).toMatchObject([{ command: 'note', erased: true, input: {} }]);
    expect(JSON.stringify(await bed.items())).not.toMatch(PERSON);
  });

  it('works when the platform lets nobody in', async () => {
    const bed = open('redact-dead');
    const [id = ''] = await bed.place(1);
    await bed.circuit.trip('401', 'Renew the token.');

    await bed.work(bed.erase([id]));

    expectErased(await bed.row(id));
  });

  it('leaves the person in no log line and not in the audit trail', async () => {
    const bed = open('redact-quiet');
    const request = bed.erase(['o-nobody']);

    await bed.work(request);

    const trail = await bed.trail.latest(50);
    expect(trail.find(({ id }) => id === request.correlationId)).toMatchObject({
      who: 'bazaar',
      what: 'erase-customer',
      state: 'done',
      details: { storeId: 'redact-quiet', orders: 1, 'not-held': 1 },
    });
    expect(JSON.stringify([bed.log.lines, trail])).not.toMatch(PERSON);
  });

  it('comes back when it fails half-way, and ends what it began', async () => {
    // Arrange
    const bed = open('redact-half');
    const ids = await bed.place(2);
    const store = bed.processor.store('redact-half');
    let failures = 1;
    const forget: typeof store.raws.forget = async (key) => {
      if (failures-- > 0) throw new Error('the table is not available');
      await store.raws.forget(key);
    };
    const kinds = personalKinds(
      { ...store, raws: { ...store.raws, forget } },
      { client: tables.client, table: tables.table },
    );
    const privacy = async () => ({ ...bed.privacy(), kinds });
    const broken = { ...bed.processor, store: () => ({ ...store, privacy }) };
    const request = bed.erase(ids);

    // Act
    const first = await deliver(broken, request);
    bed.clock.move(1000);
    const again = await deliver(broken, request);

    // Assert
    expect([first, again]).toEqual([[0], []]);
    for (const id of ids) expect(await bed.copies(id)).toEqual([]);
    const entries = (await bed.trail.latest(50)).filter(({ id }) => id === request.correlationId);
    expect(entries.map(({ state }) => state)).toEqual(['done', 'failed']);
  });

  it('of another store erases nothing and is shown without the person', async () => {
    const bed = open('redact-foreign');
    const [id = ''] = await bed.place(1);

    await bed.work(bed.erase([id], { shop: 'somebody-else' }));

    expect((await bed.row(id))?.personal).toBeDefined();
    const [row] = await bed.reviews('foreign-store');
    const bytes = await bed.context().raws.get(row!, row!.raw!);
    expect(JSON.parse(Buffer.from(bytes!).toString())).toEqual({
      topic: 'erase-customer',
      storeId: 'somebody-else',
      orderIds: [id],
    });
  });

  it('is remembered without the person, so that it can be repeated', async () => {
    const bed = open('redact-ledger');
    const [id = ''] = await bed.place(1);
    const request = bed.erase([id, 'o-nobody']);

    await bed.work(request);

    const entries = [];
    for await (const page of bed.privacy().ledger.pages()) entries.push(...page);
    const about = { because: 'customer-request', request: request.correlationId, at: bed.clock.now() };
    expect(entries).toEqual([
      { kind: 'order', id, ...about },
      { kind: 'order', id: 'o-nobody', ...about },
    ]);
  });

  it('of one store leaves the orders of the merchant’s other store alone', async () => {
    const bed = open('redact-one', 'redact-other');
    const other = bed.shop.place('redact-other', { id: 'o-999' });
    bed.shop.place('redact-one', { id: 'o-998' });
    await bed.work(changed(bed, other.id, 'redact-other'));

    await bed.work(bed.erase([other.id]));

    expect((await bed.row(other.id, 'redact-other'))?.personal).toBeDefined();
    expectErased(await bed.row(other.id, 'redact-one'));
  });

  it('that does not say what it is about waits for a person, with its bytes', async () => {
    const bed = open('redact-odd');

    await bed.work(bed.request('erase-customer', { orders: 'all' }));

    const [row] = await bed.reviews('privacy-request');
    expect(row?.review?.problem).toContain('orders');
    expect(row?.raw?.bytes).toBeGreaterThan(0);
  });
});

describe('a request for a customer’s data', () => {
  it('makes a report of all that is held, which somebody is told of', async () => {
    // Arrange
    const bed = open('report');
    const [id = ''] = await bed.place(1);
    const row = await bed.row(id);
    await command(bed, id);

    // Act
    await bed.work(bed.ask([id, 'o-nobody']));

    // Assert
    const report = await bed.reports.get('report-of-report');
    expect(report).toMatchObject({
      storeId: 'report',
      customerId: '77',
      held: { orders: [{ id, order: { personal: row?.personal } }] },
      notHeld: { orders: ['o-nobody'], checkouts: ['214'], drafts: [] },
    });
    expect(report?.held.orders?.[0]).toMatchObject({
      platformCopies: [{ content: { id, status: 'placed' } }],
      commands: [{ command: 'note', input: { text: `Call ${CUSTOMER.email}` } }],
    });
    expect(bed.metrics.total('PrivacyReportReady')).toBe(1);
    expect(JSON.stringify([bed.log.lines, await bed.trail.latest(50)])).not.toMatch(PERSON);
  });

  it('works without the platform', async () => {
    const bed = open('report-dead');
    const [id = ''] = await bed.place(1);
    bed.shop.revoke('report-dead');
    const calls = bed.shop.calls.length;

    await bed.work(bed.ask([id]));

    expect(await bed.reports.get('report-of-report-dead')).toBeDefined();
    expect(bed.shop.calls).toHaveLength(calls);
  });

  it('says of an erased order that it was erased, and when', async () => {
    const bed = open('report-of-erased');
    const [id = ''] = await bed.place(1);
    await bed.work(bed.erase([id]));
    const erasedAt = new Date(bed.clock.now()).toISOString();
    bed.clock.move(1000);

    await bed.work(bed.ask([id]));

    const report = await bed.reports.get('report-of-report-of-erased');
    expect(report?.held.orders).toMatchObject([{ id, erasedAt, platformCopies: [] }]);
    expect(JSON.stringify(report)).not.toContain('Invented Person');
  });

  it('is forgotten with the customer it is about', async () => {
    const bed = open('report-erased');
    const [id = ''] = await bed.place(1);
    await bed.work(bed.ask([id]));

    await bed.work(bed.erase([id]));

    expect(await bed.reports.list()).toEqual([]);
    expect(await bed.reports.get('report-of-report-erased')).toBeUndefined();
  });

  it('holds no person who was erased while it was made', async () => {
    // Arrange
    const bed = open('report-race');
    const [id = ''] = await bed.place(1);
    const { reports } = await bed.processor.store('report-race').privacy();
    const { keep } = reports;
    reports.keep = async (report) => {
      reports.keep = keep;
      await bed.work(bed.erase([id]));
      return keep(report);
    };

    // Act
    await bed.work(bed.ask([id]));

    // Assert
    const report = await bed.reports.get('report-of-report-race');
    expect(report?.held.orders).toMatchObject([{ id, erasedAt: expect.any(String) as string }]);
    expect(JSON.stringify(report)).not.toContain('Invented Person');
  });
});
