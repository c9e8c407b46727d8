import { describe, expect, it } from 'vitest';
import { orderSchema } from '../../functions/domain/order.ts';
import { parseJson } from '../../functions/http/answer.ts';
import type { PlatformRequest, PlatformResponse } from '../../functions/http/transport.ts';
import { readExport, readJobFile } from '../../functions/platforms/pedidosya/client/catalogue-files.ts';
import type { OrderUpdate } from '../../functions/platforms/pedidosya/client/order-update.ts';
import type { ProductChange } from '../../functions/platforms/pedidosya/client/product-change.ts';
import { ENDPOINTS } from '../../functions/platforms/pedidosya/endpoints.ts';
import { normalisePedidosyaOrder } from '../../functions/platforms/pedidosya/normalise.ts';
import { classifyWebhook } from '../../functions/platforms/pedidosya/webhook.ts';
import { pedidosyaClient, settingsOf } from '../platforms/pedidosya/harness.ts';
import { NOON } from '../platforms/virtual-time.ts';
import { type PayloadFile, payloadsOf } from './files.ts';

const files = payloadsOf('pedidosya');

/** A client whose platform gives these answers, one after the other, and the requests it gets. */
function clientFor(...answers: { status?: number; body: string }[]) {
  const requests: PlatformRequest[] = [];
  const queue = [...answers];
  const client = pedidosyaClient({
    transport: (request): Promise<PlatformResponse> => {
      requests.push(request);
      const { status = 200, body } = queue.shift() ?? { body: '{}' };
      const headers = new Headers({ 'content-type': 'application/json' });
      return Promise.resolve({ status, headers, body: Buffer.from(body) });
    },
  });
  return { client, requests };
}

function expectOrder(json: unknown): void {
  const chain = (json as { client?: { chain_id?: string } }).client?.chain_id;
  const settings = settingsOf({
    currencies: { qa: 'QAR' },
    ...(chain === undefined ? {} : { chainId: chain }),
  });
  const read = normalisePedidosyaOrder(json, settings);
  expect(read).toMatchObject({ ok: true });
  if (read.ok) expect(orderSchema().parse(read.order).warnings).toEqual([]);
}

async function expectOrderPut({ text }: PayloadFile): Promise<void> {
  const documented = JSON.parse(text) as OrderUpdate & { order_id: string };
  const { order_id, ...update } = documented;
  const { client, requests } = clientFor({ body: '{}' });

  await client.orders.update(order_id, update);

  expect(requests[0]).toMatchObject({
    method: 'PUT',
    url: expect.stringMatching(/\/v2\/chains\/[^/]+\/orders\/[^/]+$/),
  });
  expect(JSON.parse(String(requests[0]?.body))).toEqual(documented);
}

async function expectCataloguePut({ text }: PayloadFile): Promise<void> {
  const documented = JSON.parse(text) as { products: Record<string, unknown>[] };
  const changes = documented.products.map(({ maximum_sales_quantity, ...change }) => ({
    ...change,
    ...(maximum_sales_quantity === undefined ? {} : { maximumSalesQuantity: maximum_sales_quantity }),
  })) as ProductChange[];
  const { client, requests } = clientFor({ body: '{"sku":"x"}' });

  await client.catalogue.update('zz01', changes);

  expect(requests[0]).toMatchObject({
    method: 'PUT',
    url: expect.stringMatching(/\/vendors\/zz01\/catalog$/),
  });
  expect(JSON.parse(String(requests[0]?.body))).toEqual(documented);
}

const two: ProductChange[] = [
  { sku: 'a', active: true },
  { sku: 'b', active: true },
];

/** What a file means, by its name; the first that fits. */
const MEANINGS: [name: RegExp, meets: string, check: (file: PayloadFile) => Promise<void> | void][] = [
  [
    /promotion-put/,
    'nothing: promotions are out of scope',
    () => expect(Object.values(ENDPOINTS).filter(({ path }) => path.includes('promotion'))).toEqual([]),
  ],
  [/order-put-/, 'the request that we send', expectOrderPut],
  [
    /orders-list/,
    'the list of orders',
    async ({ text }) => {
      const { client } = clientFor({ body: text });
      const page = await client.orders.page({ vendor: 'zz01', from: NOON - 1, to: NOON });
      expect(page).toMatchObject({ page: 1, last: true });
      expect(page.orders.length).toBeGreaterThan(0);
      for (const { orderId, whole } of page.orders) {
        const { json, bytes } = whole!;
        expect(orderId).toBeTruthy();
        expect(parseJson(Buffer.from(bytes).toString())).toEqual(json);
        const read = normalisePedidosyaOrder(
          json,
          settingsOf({ chainId: '5f1d7a30-0000-4000-8000-00000000c0de' }),
        );
        expect(read.ok && orderSchema().parse(read.order).platformOrderId).toBe(orderId);
      }
    },
  ],
  [
    /catalog-job-webhook/,
    'the webhook',
    ({ text }) =>
      expect(classifyWebhook(JSON.parse(text))).toMatchObject({
        kind: 'catalogue-job',
        result: {
          jobId: expect.any(String),
          status: expect.stringMatching(/COMPLETED|FAILED/),
          downloadUrl: expect.stringContaining('https://'),
        },
      }),
  ],
  [/catalog-put.*-request/, 'the request that we send', expectCataloguePut],
  [
    /catalog-put-single-response/,
    'the answer about one product',
    async ({ text }) => {
      const { client } = clientFor({ body: text });
      expect(await client.catalogue.update('zz01', [{ sku: 'LS-33', price: 10 }])).toEqual([
        { kind: 'done', products: ['LS-33'] },
      ]);
    },
  ],
  [
    /catalog-put-bulk-response/,
    'the answer about several products',
    async ({ text }) => {
      const { client } = clientFor({ status: 202, body: text });
      expect(await client.catalogue.update('zz01', two)).toMatchObject([{ kind: 'job', status: 'QUEUED' }]);
    },
  ],
  [
    /catalog-job-get/,
    'the answer about a job',
    async ({ text }) => {
      const { client } = clientFor({ body: text });
      expect(await client.jobs.get('j')).toMatchObject({
        ended: true,
        rejected: [{ reasons: [expect.stringContaining('price')] }],
      });
    },
  ],
  [
    /catalog-get/,
    'the list of products',
    async ({ text }) => {
      const { client } = clientFor({ body: text });
      const products = [];
      for await (const product of client.catalogue.list({ vendor: 'zz01' })) products.push(product);
      expect(products.length).toBeGreaterThan(0);
      for (const product of products) {
        expect(product).toMatchObject({
          sku: expect.any(String),
          barcodes: [expect.any(String)],
          price: expect.any(Number),
        });
      }
    },
  ],
  [
    /categories/,
    'whoever has the call passed on',
    async ({ text }) => {
      const { client } = clientFor({ body: text });
      const endpoint = {
        method: 'GET',
        path: '/chains/{chain}/vendors/{vendor}/categories',
        idempotent: true,
      } as const;
      const answer = await client.through({
        operation: 'catalogue.categories',
        endpoint,
        params: { vendor: 'zz01' },
      });
      expect(answer.json()).toMatchObject({ categories: expect.any(Array) as unknown });
    },
  ],
  [
    /catalog-export/,
    'the reader of exports',
    ({ text }) =>
      expect(readExport(text)).toMatchObject({ ok: true, lines: [{ active: true }, ...restOf(text)] }),
  ],
  [
    /catalog-job-file/,
    'the reader of job files',
    ({ text }) =>
      expect(readJobFile(text)).toMatchObject({ lines: [{ rejected: false }, { rejected: true }] }),
  ],
  [
    /oauth-token/,
    'the grant of a token',
    async ({ text }) => {
      const requests: PlatformRequest[] = [];
      const client = pedidosyaClient({
        credential: () =>
          Promise.resolve({ clientId: 'the-client', clientSecret: 'the-secret-of-the-client' }),
        transport: (request) => {
          requests.push(request);
          const headers = new Headers({ 'content-type': 'application/json' });
          return Promise.resolve({
            status: 200,
            headers,
            body: Buffer.from(request.operation === 'oauth.token' ? text : '{}'),
          });
        },
      });
      await client.orders.get('o');
      expect(requests[1]?.headers.Authorization).toBe(`Bearer ${JSON.parse(text).access_token}`);
    },
  ],
  [/order-/, 'the normalised order', ({ text }) => expectOrder(parseJson(text))],
];

function restOf(text: string): object[] {
  return text
    .trim()
    .split('\n')
    .slice(2)
    .map(() => ({}));
}

const known = files.map(
  (file) => [file.title, file, MEANINGS.find(([name]) => name.test(file.name))] as const,
);

describe('every file of PedidosYa meets the code that would meet it', () => {
  it.each(known)('%s', async (_, file, meaning) => {
    if (meaning === undefined) throw new Error(`nobody says what ${file.name} means`);
    await meaning[2](file);
  });

  it('and every meaning has a file', () => {
    const without = MEANINGS.filter(([name]) => !files.some((file) => name.test(file.name)));
    expect(without).toEqual([]);
  });
});
