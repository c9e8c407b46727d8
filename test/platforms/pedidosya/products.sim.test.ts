import { describe, expect, it } from 'vitest';
import type { MirrorReading } from '../../../functions/domain/mirror-row.ts';
import type { Product } from '../../../functions/domain/product.ts';
import { catalogueExport } from '../../../functions/platforms/pedidosya/catalogue-export.ts';
import { products } from '../../../functions/platforms/pedidosya/product-resource.ts';
import { startReceiver } from '../../simulators/pedidosya/harness.ts';
import { chainOf, errorOf, startPedidosya } from './harness.ts';

const CHAIN = chainOf();
const scanOf = (outlet: string) => products.scans(CHAIN).find(({ query }) => query.outlet === outlet)!;

async function listed(api: Awaited<ReturnType<typeof startPedidosya>>['api'], outlet: string) {
  const readings: MirrorReading<Product>[] = [];
  for await (const page of products.list(api, scanOf(outlet), { from: 0, to: 1 }, CHAIN))
    readings.push(...page.items.map(({ reading }) => reading));
  return readings;
}
const idsOf = (readings: MirrorReading<Product>[]) =>
  readings.map((reading) => (reading.ok ? reading.said.platformProductId : reading.problem));

describe('products of PedidosYa', () => {
  it('are listed outlet by outlet, each under the name of its outlet', async () => {
    const { api } = await startPedidosya();

    const [one, other] = [await listed(api, 'nbet'), await listed(api, 's8ym')];

    expect(idsOf(one)).toContain('nbet/UY-001');
    expect(idsOf(other)).toContain('s8ym/UY-001');
    expect(new Set(idsOf(one)).size).toBe(one.length);
  });

  it('say whether they are on sale and what they cost, and nothing of stock', async () => {
    const { api, world } = await startPedidosya();
    await api.catalogue.update('nbet', [{ sku: 'UY-001', active: false }]);

    const found = (await listed(api, 'nbet')).find(
      (reading) => reading.ok && reading.said.platformProductId === 'nbet/UY-001',
    );

    const price = world.product('nbet', 'UY-001')!.price;
    expect(found).toMatchObject({
      ok: true,
      said: {
        outletId: 'nbet',
        status: 'inactive',
        title: expect.objectContaining({}),
        variants: [
          {
            platformVariantId: 'UY-001',
            sku: 'UY-001',
            price: { amount: Math.round(price * 100), currency: 'UYU' },
          },
        ],
      },
    });
    expect(JSON.stringify(found)).not.toContain('stock');
  });

  it('are found one by one, by the name of the outlet and the SKU', async () => {
    const { api } = await startPedidosya();

    const { reading } = await products.get(api, 's8ym/UY-002', CHAIN);

    expect(reading).toEqual(
      (await listed(api, 's8ym')).find((one) => one.ok && idsOf([one])[0] === 's8ym/UY-002'),
    );
  });

  it.each(['nbet/NOBODY', 'nowhere/UY-001', 'nbet', ''])('are not found as "%s"', async (id) => {
    const { api } = await startPedidosya();

    expect(await errorOf(products.get(api, id, CHAIN))).toMatchObject({ kind: 'not-found' });
  });

  it('are named by their barcode without a SKU, and by nothing without both', async () => {
    const pages = async function* () {
      yield [{ barcodes: ['7791'] }, { barcodes: [] }];
    };
    const api = { catalogue: { pages } } as unknown as Parameters<typeof products.get>[0];

    const [first, second] = await listed(api as never, 'nbet');

    expect(first).toMatchObject({ said: { platformProductId: 'nbet/barcode 7791' } });
    expect(first?.ok && first.said.variants[0]).not.toHaveProperty('sku');
    expect(second).toEqual({ ok: false, reason: 'missing-id', problem: 'neither a sku nor a barcode' });
  });

  it('have their SKU without the spaces around it, and are named as the platform writes it', async () => {
    const pages = async function* () {
      yield [{ sku: 'A-1  ', barcodes: [] }];
    };
    const api = { catalogue: { pages } } as unknown as Parameters<typeof products.get>[0];

    const [read] = await listed(api as never, 'nbet');

    expect(read).toMatchObject({
      said: {
        platformProductId: 'nbet/A-1  ',
        variants: [{ platformVariantId: 'A-1  ', sku: 'A-1' }],
      },
    });
  });

  it('read from an exported file as from the list, but for what the file never has', async () => {
    // Arrange
    const receiver = await startReceiver();
    const { world, api, clock, settings } = await startPedidosya({
      settings: { stores: [{ storeId: 'nbet', pickingMode: 'partner' }] },
    });
    world.setWebhook('catalogue', { url: receiver.url, secret: 's' });
    const chain = { id: settings.chainId, settings };

    // Act
    const [asked] = await catalogueExport.request(api, chain);
    await clock.sleep(1000);
    await world.settled();
    const { job_id: jobId, download_url: downloadUrl } = receiver.received[0]!.json as Record<string, string>;
    const file = { jobId: jobId!, downloadUrl: downloadUrl!, vendorId: asked!.vendorId };
    const found = await catalogueExport.read(api, file, chain);

    // Assert
    const listedHere = await listed(api, 'nbet');
    expect(asked).toEqual({ vendorId: 'nbet', jobId });
    expect(found).toHaveLength(13);
    for (const [index, { reading }] of found.entries()) {
      const { title: _, categories: __, ...rest } = (listedHere[index] as { said: Product }).said;
      expect(reading).toEqual({ ok: true, said: rest, omitted: ['title', 'categories'] });
    }
  });

  it.each([
    ['12.50', 1250],
    ['"12,50"', 1250],
    ['12', 1200],
    ['a lot', undefined],
  ])('cost in an exported file what the list would make of the text: %s', async (text, amount) => {
    // Arrange
    const download = async () => `sku,price,active\na,${text},true\n`;
    const file = { jobId: 'j', vendorId: 'nbet', downloadUrl: 'https://files.example/j' };

    // Act
    const [line] = await catalogueExport.read({ download } as never, file, CHAIN);

    // Assert
    const said = line?.reading.ok ? line.reading.said : undefined;
    expect(said?.variants[0]?.price?.amount).toBe(amount);
    expect(said?.warnings).toHaveLength(amount === undefined ? 1 : 0);
  });

  it('are asked for as files of the other outlets when one is not to be had', async () => {
    // Arrange
    const { api, platform, settings } = await startPedidosya();
    const gone = settings.stores[0]!;
    const vendorId = gone.ownCode ?? gone.storeId;
    platform.faults.add({ match: { path: new RegExp(`vendors/${vendorId}/`) }, kind: 'status', status: 404 });

    // Act
    const asked = await catalogueExport.request(api, { id: settings.chainId, settings });

    // Assert
    const [first, ...others] = asked;
    expect(first).toEqual({ vendorId, problem: expect.stringContaining('HTTP 404') });
    expect(others).toHaveLength(settings.stores.length - 1);
    for (const other of others) expect(other.jobId).toBeDefined();
  });

  it('are not read from a file on a host that is not allowed', async () => {
    const { api, requests } = await startPedidosya();
    const file = { jobId: 'j', vendorId: 'nbet', downloadUrl: 'https://elsewhere.example/f.csv' };

    const error = await errorOf(catalogueExport.read(api, file, CHAIN));

    expect(error).toMatchObject({ kind: 'refused', detail: expect.stringContaining('elsewhere.example') });
    expect(requests).toEqual([]);
  });

  it('are one list an outlet, read as a whole once a day; none where they are not wanted', () => {
    expect(products.scans(CHAIN)).toHaveLength(4);
    for (const scan of products.scans(CHAIN))
      expect(scan).toMatchObject({ undivided: true, resource: 'product' });
    expect(products.scans(chainOf({ catalogue: false }))).toEqual([]);
  });

  it('are listed from the page at which the list is gone on with, each page with its number', async () => {
    const asked: unknown[] = [];
    const catalogue = {
      async *pages(query: unknown) {
        asked.push(query);
        yield [{ sku: 'A', barcodes: [] }];
        yield [{ sku: 'B', barcodes: [] }];
      },
    };
    const api = { catalogue } as unknown as Parameters<typeof products.list>[0];

    const numbers: unknown[] = [];
    for await (const { page } of products.list(api, scanOf('nbet'), { from: 0, to: 1 }, CHAIN, 90))
      numbers.push(page);

    expect(asked).toEqual([expect.objectContaining({ firstPage: 90 })]);
    expect(numbers).toEqual([90, 91]);
  });

  it("are each listed by their outlet's scan alone", () => {
    const named = products
      .scans(CHAIN)
      .map(({ query: { outlet = '' } }) => products.scanNameOf?.(`${outlet}/UY-002`, CHAIN));

    expect(named).toEqual(products.scans(CHAIN).map(({ name }) => name));
    expect(products.scanNameOf?.('closed/UY-002', CHAIN)).toBeUndefined();
  });
});
