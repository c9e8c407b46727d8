import { describe, expect, it, vi } from 'vitest';
import type { Order } from '../../functions/domain/order.ts';
import { deployedFor } from '../../functions/pipeline/deployed.ts';
import { poll } from '../../functions/pipeline/poll.ts';
import { createReconcilers } from '../../functions/pipeline/reconcile/reconcile.ts';
import { imotriz } from '../../functions/platforms/imotriz/platform.ts';
import { nuvemshop } from '../../functions/platforms/nuvemshop/platform.ts';
import { pedidosya } from '../../functions/platforms/pedidosya/platform.ts';
import { type Message, messageSchema, pack } from '../../functions/runtime/queue.ts';
import { imotrizModule } from '../../local/platforms/imotriz/module.ts';
import { pedidosyaModule } from '../../local/platforms/pedidosya/module.ts';
import { minutes } from '../support/bazaar/reconcile.ts';
import { deliver, openDeployment, runOf } from '../support/deployment-bench.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { openSimulated } from '../support/simulated-platform.ts';
import { pageOf, recordOf } from './imotriz/page-builder.ts';
import { chainOf, settingsOf } from './pedidosya/harness.ts';
import { itemJson, orderJson } from './pedidosya/order-builder.ts';

const tables = localTables();
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const withBom = (bytes: Uint8Array) => Buffer.concat([BOM, bytes]);

/** Bytes that came in, as the messages that carry them. */
const messagesOf = (storeId: string, topic: string, bytes: Uint8Array): Message[] =>
  pack(bytes).map((payload) =>
    messageSchema().parse({
      v: 1,
      kind: 'received',
      via: topic === 'page' ? 'poll' : 'webhook',
      topic,
      storeId,
      correlationId: `c-${storeId}`,
      receivedAt: Date.parse('2026-11-22T12:00:00.000Z'),
      attempts: 0,
      payload,
    }),
  );

function openPolled(storeId: string) {
  const deployed = deployedFor(imotriz, imotriz.settings().parse({ stores: [{ country: 'co', storeId }] }));
  const bed = openDeployment(tables, { deployed, clock: movedClock(), secrets: new Map() });
  const take = (page: Uint8Array) => deliver(bed.processor(), ...messagesOf(storeId, 'page', page));
  return { ...bed, take };
}

function openChain(chainId: string) {
  const { stores } = settingsOf();
  const deployed = deployedFor(
    pedidosya,
    pedidosya.settings().parse({ chains: [{ chainId, country: 'uy', stores, egress: chainId }] }),
  );
  const bed = openDeployment(tables, { deployed, clock: movedClock(), secrets: new Map() });
  const bytesOf = (id: string, change: Record<string, unknown>) => {
    const order = orderJson({ order_id: id, ...change });
    return Buffer.from(
      JSON.stringify({ ...order, client: { ...(order.client as object), chain_id: chainId } }),
    );
  };
  const take = (bytes: Uint8Array) => deliver(bed.processor(), ...messagesOf(chainId, 'webhook', bytes));
  return { ...bed, bytesOf, take };
}

const items = (count: number) =>
  Array.from({ length: count }, (_, index) => itemJson({ _id: `item-${index}`, sku: `SKU-${index}` }));
const products = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    code: `FIL-${index}`,
    name: `Filtro de aceite ${index}, para motores de los años 1990 a 2026, con junta`,
    quantity: 1,
    unit_price: 100,
  }));

describe('a byte order mark', () => {
  it('before an order that is pushed changes nothing', async () => {
    const chain = openChain('bom-chain');

    const back = await chain.take(withBom(chain.bytesOf('bom', {})));

    expect(back).toEqual([]);
    expect(await chain.row('bom')).toMatchObject({ state: 'ok', order: { status: 'received' } });
  });

  it('before a page changes nothing', async () => {
    const store = openPolled('bom-page');

    const back = await store.take(withBom(pageOf([recordOf({ id: 'a' }), recordOf({ id: 'b' })])));

    expect(back).toEqual([]);
    expect(await store.row('a')).toMatchObject({ state: 'ok' });
    expect(await store.row('b')).toMatchObject({ state: 'ok' });
  });

  it('before a webhook that only tells of an order changes nothing', () => {
    const stores = nuvemshop.stores(
      nuvemshop.settings().parse({
        userAgent: 'T (a@example.com)',
        stores: [{ storeId: '42' }],
      }),
    );
    const bytes = Buffer.from('{"store_id":42,"event":"order/updated","id":1001}');
    const plain = nuvemshop.read({ topic: 'event', bytes }, stores);

    expect(plain.items).toMatchObject([{ kind: 'changed', orderId: '1001' }]);
    expect(nuvemshop.read({ topic: 'event', bytes: withBom(bytes) }, stores)).toEqual(plain);
  });

  it('before bytes that were kept is read over as well', async () => {
    const { order } = pedidosya.resources;
    const bytes = Buffer.from(JSON.stringify(orderJson()));

    expect(order.readStored(withBom(bytes), chainOf())).toMatchObject({
      orders: [{ reading: { ok: true } }],
    });
  });
});

describe('a character that no queue takes', () => {
  it('in a page leaves the poll running, and the text as it was', async () => {
    // Arrange
    const settings = { stores: [{ country: 'co', storeId: 'nonchar' }] };
    const store = await openSimulated(tables, imotriz, { module: imotrizModule, settings });
    const id = store.world.place();
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
      const answer = await fetch(...args);
      const text = await answer.text();
      return new Response(text.replace('"name":"', '"name":"a\ufffeb '), answer);
    });
    const [poller] = store.pollers();

    // Act
    await poll(poller!, { requestId: 'r1', remainingMs: () => 120_000 });
    const back = await deliver(store.processor(), ...store.queue.sent.map(({ message }) => message));

    // Assert
    expect(store.metrics.total('PollFailed')).toBe(0);
    expect(back).toEqual([]);
    expect(JSON.stringify(await store.row(id))).toContain('a\ufffeb');
  });

  it.each([
    ['noncharacter', 'a\ufffeb', 'a\ufffeb'],
    ['emoji', 'gracias 😀', 'gracias 😀'],
    ['flag', 'desde 🇺🇾', 'desde 🇺🇾'],
    ['half-escape', 'a\\ud800b', 'a\ufffdb'],
  ])('in an order that is pushed becomes text of its row (%s)', async (id, written, read) => {
    const chain = openChain(`text-${id}`);
    const bytes = chain.bytesOf(id, { comment: 'COMMENT' }).toString().replace('COMMENT', written);

    const back = await chain.take(Buffer.from(bytes));

    expect(back).toEqual([]);
    expect(JSON.stringify((await chain.row(id))?.personal)).toContain(read);
  });
});

describe('a large order', () => {
  it('of 2,000 items is a row with all of them', async () => {
    const chain = openChain('large-items');

    const back = await chain.take(chain.bytesOf('large', { items: items(2000) }));

    expect(back).toEqual([]);
    const row = await chain.row('large');
    expect(row).toMatchObject({ state: 'ok' });
    expect(row?.order?.lines).toHaveLength(2000);
  });

  it.each<[string, Record<string, unknown>]>([
    ['name', { items: [itemJson({ name: 'n'.repeat(500_000) })] }],
    ['comment', { comment: 'ñ'.repeat(500_000) }],
    ['cancelled-by', { status: 'CANCELLED', cancellation: { cancelled_by: 'c'.repeat(450_000) } }],
  ])(
    'with a text that no row holds is a row with a warning, and its bytes stay whole (%s)',
    async (id, change) => {
      // Arrange
      const chain = openChain(`text-large-${id}`);
      const bytes = chain.bytesOf(id, change);

      // Act
      const back = await chain.take(bytes);

      // Assert
      expect(back).toEqual([]);
      const row = (await chain.row(id))!;
      expect(row.state).toBe('ok');
      expect((row.order as Order).warnings.join()).toMatch(/too long, cut to 20000 characters/);
      expect(JSON.stringify(row).length).toBeLessThan(100_000);
      const kept = await chain.context().raws.get(row, row.raw!);
      expect(Buffer.from(kept!).equals(bytes)).toBe(true);
    },
  );

  it('of a page is a row like its neighbours, and the page does not come back', async () => {
    const store = openPolled('large-page');
    const large = { ...recordOf({ id: 'large' }), products: products(4000) };

    const back = await store.take(pageOf([recordOf({ id: 'before' }), large, recordOf({ id: 'after' })]));

    expect(back).toEqual([]);
    expect(await store.row('before')).toMatchObject({ state: 'ok' });
    expect(await store.row('after')).toMatchObject({ state: 'ok' });
    expect((await store.row('large'))?.order?.lines).toHaveLength(4000);
  });

  it('in a reconciliation is recorded like its neighbours, and the stretch of time is done', async () => {
    // Arrange
    const settings = {
      chains: [
        {
          chainId: 'large-list',
          country: 'uy',
          stores: [{ storeId: 'nbet', pickingMode: 'partner' }],
          egress: 'e',
        },
      ],
    };
    const chain = await openSimulated(tables, pedidosya, { module: pedidosyaModule, settings });
    const place = () => chain.world.place({ storeId: 'nbet' }).order_id;
    const ids = [place(), place(), place()];
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
      const answer = await fetch(...args);
      const json = (await answer.json()) as { orders?: { order_id: string; items: object[] }[] };
      for (const order of json.orders ?? []) if (order.order_id === ids[1]) order.items = items(2300);
      return new Response(JSON.stringify(json), answer);
    });
    const [reconciler] = createReconcilers(chain.deployed, chain.runtime);
    await chain.advance(minutes(30));

    // Act
    const report = await runOf(reconciler!);
    const again = await runOf(reconciler!);

    // Assert
    expect(report).toMatchObject({ outcome: 'done', left: [], counts: { repaired: 3, failed: 0 } });
    expect(again.counts).toMatchObject({ repaired: 0, failed: 0 });
    expect((await chain.row(ids[1]!))?.order?.lines).toHaveLength(2300);
  });
});
