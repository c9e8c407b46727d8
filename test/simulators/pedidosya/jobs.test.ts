import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { NOON, startPedidosYa, startReceiver } from './harness.ts';

const CATALOGUE = '/v2/chains/{c}/vendors/nbet/catalog';

describe('a batch of products', () => {
  it('becomes a job that goes from QUEUED over IN_PROGRESS to COMPLETED', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { world, call } = await startPedidosYa({ clock, jobStepMs: 1000 });
    const products = [
      { sku: 'UY-001', price: 99 },
      { sku: 'UY-002', active: false },
    ];

    // Act
    const { status, json } = await call('PUT', CATALOGUE, { body: { products } });
    const path = `/v2/chains/{c}/catalog/jobs/${String(json?.job_id)}`;
    const states = [(await call('GET', path)).json];
    const priceBefore = world.product('nbet', 'UY-001')?.price;
    for (let i = 0; i < 2; i += 1) {
      await clock.advance(1000);
      states.push((await call('GET', path)).json);
    }

    // Assert
    expect([status, json?.job_status]).toEqual([202, 'QUEUED']);
    expect(states.map((state) => state?.job_status)).toEqual(['QUEUED', 'IN_PROGRESS', 'COMPLETED']);
    expect(priceBefore).not.toBe(99);
    expect(world.product('nbet', 'UY-001')?.price).toBe(99);
    expect(world.product('nbet', 'UY-002')?.active).toBe(false);
  });

  it('names rejected and duplicated products in a completed job', async () => {
    // Arrange
    const { world, call } = await startPedidosYa();
    const products = [
      { sku: 'UY-001', price: 0 },
      { sku: 'UY-002', price: 5 },
      { sku: 'UY-002', price: 6 },
      { sku: 'NONE', active: true },
    ];

    // Act
    const { json } = await call('PUT', CATALOGUE, { body: { products } });
    await world.settled();
    const job = await call('GET', `/v2/chains/{c}/catalog/jobs/${String(json?.job_id)}`);

    // Assert
    expect(job.json).toMatchObject({
      job_status: 'COMPLETED',
      result: {
        item_level_feedback: [
          { sku: 'UY-001', status: 'REJECTED', rejection_reasons: [{ rejected_data: 'price' }] },
          { sku: 'UY-002', status: 'ACCEPTED', rejection_reasons: [] },
          { sku: 'NONE', status: 'REJECTED', rejection_reasons: [{ rejected_data: 'sku' }] },
        ],
        duplicated_products: ['UY-002'],
      },
    });
    expect(world.product('nbet', 'UY-002')?.price).toBe(5);
  });

  it('switches products by stock against the buffer, and an explicit false wins', async () => {
    // Arrange
    const stores = [
      { id: 'nbet', name: 'Prueba', country: 'uy', pickingMode: 'partner', stockBuffer: 3 } as const,
    ];
    const { world, call } = await startPedidosYa({ stores });
    const push = async (...products: object[]) => {
      await call('PUT', CATALOGUE, { body: { products } });
      await world.settled();
    };
    const active = () => ['UY-001', 'UY-002', 'UY-003'].map((sku) => world.product('nbet', sku)?.active);

    // Act
    await push(
      { sku: 'UY-001', quantity: 2 },
      { sku: 'UY-002', quantity: 3 },
      { sku: 'UY-003', quantity: 9, active: false },
    );
    const first = active();
    await push(
      { sku: 'UY-001', quantity: 3 },
      { sku: 'UY-002', quantity: 0, active: true },
      { sku: 'UY-003', quantity: 9 },
    );

    // Assert
    expect(first).toEqual([false, true, false]);
    expect(active()).toEqual([true, false, false]);
  });
});

describe('the webhook of a job', () => {
  it('comes in both spellings, and its link gives the feedback without a token', async () => {
    // Arrange
    const receiver = await startReceiver();
    const { world, call } = await startPedidosYa({
      catalogueWebhook: { url: receiver.url, secret: 'catalogue-secret' },
    });
    const body = {
      products: [
        { sku: 'UY-001', price: 0 },
        { sku: 'UY-002', price: 5 },
      ],
    };

    // Act
    for (let i = 0; i < 2; i += 1) {
      await call('PUT', CATALOGUE, { body });
      await world.settled();
    }
    const [first, second] = receiver.received.map(({ json }) => json);
    const link = String(first?.download_url);
    const file = await fetch(link);
    const leaked = await fetch(link, { headers: { authorization: 'Bearer x' } });

    // Assert
    expect(first).toEqual({
      job_id: expect.any(String),
      status: 'COMPLETED',
      platform_vendor_id: 'nbet',
      download_url: expect.stringContaining('/files/'),
    });
    expect(Object.keys(second ?? {})).toEqual(['job_id', 'job_status', 'platform_vendor_id', 'downloadURL']);
    expect(receiver.received[0]?.authorization).toBe('catalogue-secret');
    expect(await file.text()).toMatch(
      /^sku,status,rejection_reasons\nUY-001,REJECTED,.*\nUY-002,ACCEPTED,\n$/,
    );
    expect(leaked.status).toBe(400);
  });

  it('tells of a failed job, without a link', async () => {
    // Arrange
    const receiver = await startReceiver();
    const { world, call } = await startPedidosYa({
      catalogueWebhook: { url: receiver.url, secret: 's' },
      jobWebhookSpelling: 'camel',
    });
    world.failNextJob('update');

    // Act
    const body = {
      products: [
        { sku: 'UY-001', price: 7 },
        { sku: 'UY-002', price: 7 },
      ],
    };
    await call('PUT', CATALOGUE, { body });
    await world.settled();

    // Assert
    expect(receiver.received[0]?.json).toEqual({
      job_id: expect.any(String),
      job_status: 'FAILED',
      platform_vendor_id: 'nbet',
    });
    expect(world.product('nbet', 'UY-001')?.price).not.toBe(7);
  });
});

it('exports a catalogue as CSV with the documented columns', async () => {
  // Arrange
  const receiver = await startReceiver();
  const { world, call } = await startPedidosYa({ catalogueWebhook: { url: receiver.url, secret: 's' } });

  // Act
  const { status, json } = await call('POST', `${CATALOGUE}/export`);
  await world.settled();
  const hook = receiver.received[0]?.json;
  const text = await (await fetch(String(hook?.download_url))).text();

  // Assert
  expect([status, json?.job_status, hook?.job_id]).toEqual([202, 'QUEUED', json?.job_id]);
  const lines = text.trimEnd().split('\n');
  expect(lines[0]).toBe('sku,barcode,price,active,maximum_sales_quantity');
  expect(lines).toHaveLength(14);
  expect(lines[1]).toMatch(/^UY-001,77\d{11},\d+(\.\d+)?,true,\d*$/);
});

it('knows neither foreign jobs nor foreign files', async () => {
  const { call } = await startPedidosYa();

  expect((await call('GET', '/v2/chains/{c}/catalog/jobs/nope')).status).toBe(404);
  expect((await call('GET', '/files/nope.csv', { headers: { authorization: '' } })).status).toBe(400);
});
