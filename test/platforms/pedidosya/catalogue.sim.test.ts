import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../functions/platforms/pedidosya/client/call.ts';
import { createCatalogue } from '../../../functions/platforms/pedidosya/client/catalogue.ts';
import { readExport, readJobFile } from '../../../functions/platforms/pedidosya/client/catalogue-files.ts';
import { classifyWebhook } from '../../../functions/platforms/pedidosya/webhook.ts';
import { startReceiver } from '../../simulators/pedidosya/harness.ts';
import { errorOf, settingsOf, startPedidosya } from './harness.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('changing products', () => {
  it('one at a time is done at once (documented: 200)', async () => {
    const { world, api } = await startPedidosya();

    const outcomes = await api.catalogue.update('nbet', [{ sku: 'UY-001', price: 99.5 }]);

    expect(outcomes).toEqual([{ kind: 'done', products: ['UY-001'] }]);
    expect(world.product('nbet', 'UY-001')?.price).toBe(99.5);
  });

  it('several become a job (documented: 202), which names at its end the products that it rejected', async () => {
    // Arrange
    const { world, api, clock } = await startPedidosya({ simulator: { jobStepMs: 15_000 } });

    // Act
    const [outcome] = await api.catalogue.update('nbet', [
      { sku: 'UY-001', active: false },
      { sku: 'UY-002', price: 50, maximumSalesQuantity: 4 },
      { sku: 'NOBODY', active: true },
    ]);
    const jobId = outcome?.kind === 'job' ? outcome.jobId : '';
    await clock.sleep(600_000);
    const job = await api.jobs.get(jobId);

    // Assert
    expect(outcome).toMatchObject({ status: 'QUEUED', products: ['UY-001', 'UY-002', 'NOBODY'] });
    expect(job).toEqual({
      jobId,
      status: 'COMPLETED',
      ended: true,
      rejected: [{ product: 'NOBODY', reasons: ['sku: product does not exist in this store'] }],
      duplicated: [],
    });
    expect(world.product('nbet', 'UY-001')?.active).toBe(false);
    expect(world.product('nbet', 'UY-002')).toMatchObject({ price: 50, maximum: 4 });
  });

  it('whose job failed says so', async () => {
    const { world, api, clock } = await startPedidosya();
    world.failNextJob('update');
    const [outcome] = await api.catalogue.update('nbet', [
      { sku: 'UY-001', active: false },
      { sku: 'UY-002', active: false },
    ]);
    const jobId = outcome?.kind === 'job' ? outcome.jobId : '';

    await clock.sleep(60_000);

    expect(await api.jobs.get(jobId)).toMatchObject({ status: 'FAILED', ended: true });
  });

  it.each([
    [0, false],
    [5, true],
  ])(
    'a lone quantity of %i is padded (documented: works in bulk only), and nothing else changes',
    async (quantity, active) => {
      const { world, api, platform, clock } = await startPedidosya();
      await api.catalogue.update('nbet', [
        { sku: 'UY-001', active: false },
        { sku: 'UY-002', quantity: 0 },
      ]);
      await clock.sleep(1000);
      const before = Array.from({ length: 13 }, (_, n) =>
        world.product('nbet', `UY-${String(n + 1).padStart(3, '0')}`),
      );

      const outcomes = await api.catalogue.update('nbet', [{ sku: 'UY-002', quantity }]);
      await clock.sleep(1000);

      expect(outcomes).toMatchObject([{ kind: 'job', products: ['UY-002'] }]);
      expect(world.product('nbet', 'UY-002')?.active).toBe(active);
      const after = before.map((_, n) => world.product('nbet', `UY-${String(n + 1).padStart(3, '0')}`));
      expect(after.filter((product, n) => n !== 1 && product?.active !== before[n]?.active)).toEqual([]);
      expect(platform.calls.at(-1)?.method).toBe('PUT');
    },
  );

  it('goes out in batches of 200, none of them a single product', async () => {
    const { api, requests } = await startPedidosya();
    const changes = Array.from({ length: 401 }, (_, n) => ({ sku: `X-${n}`, active: true }));

    const outcomes = await api.catalogue.update('nbet', changes);

    expect(outcomes.map(({ products }) => products.length)).toEqual([200, 199, 2]);
    expect(outcomes.flatMap(({ products }) => products).sort()).toEqual(changes.map(({ sku }) => sku).sort());
    expect(requests.map(({ idempotent }) => idempotent)).toEqual([true, true, true]);
  });

  it('spells the sales limit as configured (assumed: two spellings)', async () => {
    const { world, api } = await startPedidosya({
      simulator: { maximumField: 'max_sales_quantity' },
      settings: { salesLimitField: 'max_sales_quantity' },
    });

    await api.catalogue.update('nbet', [{ sku: 'UY-003', maximumSalesQuantity: 7 }]);

    expect(world.product('nbet', 'UY-003')?.maximum).toBe(7);
    const products = await collect(api.catalogue.list({ vendor: 'nbet' }));
    expect(products.find(({ sku }) => sku === 'UY-003')?.maximumSalesQuantity).toBe(7);
  });

  it('follows a job whose id is a number as one whose id is a text', async () => {
    const answer = { job_id: 41, job_status: 'QUEUED' };
    const bytes = Buffer.from(JSON.stringify(answer));
    const call: Caller = async () => ({ status: 202, bytes, text: () => String(bytes), json: () => answer });
    const { update } = createCatalogue(call, settingsOf());

    const outcomes = await update('nbet', [
      { sku: 'a', active: true },
      { sku: 'b', active: true },
    ]);

    expect(outcomes).toMatchObject([{ kind: 'job', jobId: '41', status: 'QUEUED' }]);
  });

  it('goes on after a batch that fails', async () => {
    const { api, platform } = await startPedidosya();
    platform.faults.add({ match: { method: 'PUT' }, kind: 'status', status: 500, times: 1 });
    const changes = Array.from({ length: 300 }, (_, n) => ({ sku: `X-${n}`, active: true }));

    const outcomes = await api.catalogue.update('nbet', changes);

    expect(outcomes).toMatchObject([{ kind: 'failed', error: { kind: 'retry-later' } }, { kind: 'job' }]);
  });

  it.each([
    ['throttled', { kind: 'status', status: 429 }],
    ['refused for its credential', { kind: 'status', status: 403 }],
  ] as const)('sends nothing more once it is %s, and names what is left', async (_, fault) => {
    const { api, platform } = await startPedidosya();
    platform.faults.add({ match: { method: 'PUT' }, ...fault, times: 1 });
    const changes = Array.from({ length: 300 }, (_, n) => ({ sku: `X-${n}`, active: true }));

    const outcomes = await api.catalogue.update('nbet', changes);

    expect(outcomes.map(({ kind, products }) => [kind, products.length])).toEqual([
      ['failed', 200],
      ['failed', 100],
    ]);
    expect(platform.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it.each([
    ['no key', { price: 1 }],
    ['nothing to change', { sku: 'a' }],
    ['a price of 0 (documented)', { sku: 'a', price: 0 }],
    ['a price of 4 decimals (documented)', { sku: 'a', price: 1.2345 }],
    ['half a piece (documented)', { sku: 'a', quantity: 0.5 }],
    ['a barcode of 15 digits', { barcode: '123456789012345', active: true }],
    ['an unknown field', { sku: 'a', active: true, stock: 3 }],
  ])('is refused before anything is sent: %s', async (_, change) => {
    const { api, platform } = await startPedidosya();

    const error = await errorOf(api.catalogue.update('nbet', [{ sku: 'fine', active: true }, change]));

    expect(error).toMatchObject({ kind: 'refused', detail: expect.stringContaining('[1]') });
    expect(platform.calls).toHaveLength(0);
  });
});

describe('reading the catalogue', () => {
  it('gives its pages as the platform made them', async () => {
    const { api } = await startPedidosya();

    const pages = await collect(api.catalogue.pages({ vendor: 'nbet', pageSize: 5 }));

    expect(pages.map((page) => page.length)).toEqual([5, 5, 3]);
    expect(pages.flat()).toEqual(await collect(api.catalogue.list({ vendor: 'nbet' })));
  });

  it('lists every product once, page after page (documented: the parameter is page)', async () => {
    const { api, platform } = await startPedidosya();

    const products = await collect(api.catalogue.list({ vendor: 'nbet', pageSize: 5 }));

    expect(new Set(products.map(({ sku }) => sku)).size).toBe(13);
    expect(products[0]).toMatchObject({ sku: 'UY-001', active: true, barcodes: [expect.any(String)] });
    expect(platform.calls).toHaveLength(3);
  });

  it('filters', async () => {
    const { api, requests } = await startPedidosya();
    const query = {
      vendor: 'nbet',
      queryTerm: 'malbec',
      isActive: true,
      categoryGlobalIds: ['c3-1'],
      locale: 'es_UY',
    };

    expect(await collect(api.catalogue.list(query))).toHaveLength(1);
    expect(requests[0]?.url).toContain(
      '?query_term=malbec&locale=es_UY&category_global_ids=c3-1&is_active=true&page=1&page_size=500',
    );
  });

  it('refuses a page of more than 500', async () => {
    const { api } = await startPedidosya();
    expect(await errorOf(collect(api.catalogue.list({ vendor: 'nbet', pageSize: 501 })))).toMatchObject({
      kind: 'refused',
    });
  });

  it('uses the own code of an outlet that was remapped (documented)', async () => {
    const { api } = await startPedidosya();
    expect((await collect(api.catalogue.list({ vendor: 'store-002' }))).length).toBe(13);
    expect(await errorOf(collect(api.catalogue.list({ vendor: 's8ym' })))).toMatchObject({
      kind: 'not-found',
    });
  });
});

describe('files', () => {
  it.each(['snake', 'camel'] as const)(
    'of an export are asked for, announced (%s spelling) and read',
    async (spelling) => {
      // Arrange
      const receiver = await startReceiver();
      const { world, api, clock } = await startPedidosya({ simulator: { jobWebhookSpelling: spelling } });
      world.setWebhook('catalogue', { url: receiver.url, secret: 's' });

      // Act
      const { jobId } = await api.catalogue.requestExport('nbet');
      await clock.sleep(1000);
      await world.settled();
      const webhook = classifyWebhook(receiver.received[0]?.json);

      // Assert
      expect(webhook).toMatchObject({
        kind: 'catalogue-job',
        result: { jobId, status: 'COMPLETED', vendorId: 'nbet' },
      });
      const address = webhook.kind === 'catalogue-job' ? (webhook.result.downloadUrl ?? '') : '';
      const file = readExport(await api.download(address));
      expect(file.ok && file.lines).toHaveLength(13);
      expect(file.ok && file.lines[0]).toMatchObject({ sku: 'UY-001', active: true });
    },
  );

  it('of a job tell the rejected products', () => {
    const text = 'sku,status,rejection_reasons\nA,ACCEPTED,\nB,REJECTED,"price: 0, or less"\n';
    expect(readJobFile(text)).toEqual({
      ok: true,
      lines: [
        { product: 'A', rejected: false, said: 'ACCEPTED' },
        { product: 'B', rejected: true, said: 'REJECTED; price: 0, or less' },
      ],
    });
  });
});
