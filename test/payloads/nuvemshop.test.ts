import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { orderSchema } from '../../functions/domain/order.ts';
import { parseJson } from '../../functions/http/answer.ts';
import { PlatformError } from '../../functions/http/errors.ts';
import type { PlatformRequest } from '../../functions/http/transport.ts';
import type { NuvemshopClient } from '../../functions/platforms/nuvemshop/client.ts';
import { invoice } from '../../functions/platforms/nuvemshop/commands/invoice.ts';
import { normaliseNuvemshopOrder } from '../../functions/platforms/nuvemshop/normalise.ts';
import { oauth } from '../../functions/platforms/nuvemshop/oauth.ts';
import { readNuvemshopEvent, readPrivacyNotice } from '../../functions/platforms/nuvemshop/webhook-bodies.ts';
import { rowOf } from '../platforms/carry-out.ts';
import { drain } from '../platforms/nuvemshop/endpoints/endpoint.ts';
import { EVENT } from '../platforms/nuvemshop/endpoints/fulfilment.ts';
import { fakeApi, sentBody } from '../platforms/nuvemshop/fake-api.ts';
import { storeWith } from '../platforms/nuvemshop/open-client.ts';
import { payloadsOf } from './files.ts';
import { REQUESTS } from './nuvemshop-requests.ts';

/** Every payload, by its name without the ending. */
const PAYLOADS = payloadsOf('nuvemshop').map(({ name, title, text }) => ({
  name: name.replace(/\.json$/, ''),
  title,
  json: parseJson(text),
}));
type Payload = (typeof PAYLOADS)[number];

const ORDERS =
  /^(order-get|orders-list|order-(create|put|close|open)-response|v1-order-\w+-response|draft-order-get)(\.|$)/;

/** What no method of ours reads: whoever asks has it passed on. */
const passedOn = (path: string) => async (client: NuvemshopClient) =>
  (await client.through({ operation: 'passed.on', method: 'GET', path })).json;

/** Answers, each with the method that would meet it. */
const ANSWERS: readonly [RegExp, (client: NuvemshopClient) => Promise<unknown>][] = [
  [/^orders-list|^order-aggregate/, (c) => drain(c.orders.list())],
  [/^(v1-)?order-(create|put|close|open|cancel|pack|fulfill)-response/, (c) => c.orderWrites.close('1')],
  [/^order-history-values/, passedOn('/orders/1/history/values')],
  [/^order-history-editions/, passedOn('/orders/1/history/editions')],
  [/^order-subscriptions/, passedOn('/orders/1/subscriptions')],
  [/^fulfillment-orders-list/, (c) => c.fulfilmentOrders.list('1')],
  [/^tracking-event-create-response/, (c) => c.trackingEvents.create('1', 'F', EVENT)],
  [/^invoice-nfe-get-existing/, async (c) => [await c.invoices.find('1')]],
  [/^webhooks-list/, async (c) => (await c.webhooks.compare('', [], () => true)).surplus],
  [/^products-list/, passedOn('/products')],
  [/^product-(get|create-response|put-response)/, (c) => c.products.get('1')],
  [/^product-images-list/, passedOn('/products/1/images')],
  [/^product-image-create-response/, (c) => c.images.add('1', { src: 'https://pictures.example/1.jpg' })],
  [
    /^variants-(put|patch)-collection-response/,
    (c) => c.variants.updateMany('1', [{ id: 2, price: '1.00' }]),
  ],
  [/^variants-list/, passedOn('/products/1/variants')],
  [/^variant-(get|put-response)/, (c) => c.variants.update('1', '2', { price: '1.00' })],
  [/^categories-list/, (c) => drain(c.categories.list())],
  [/^category-create-response/, (c) => c.categories.create({ name: 'Ropa' })],
  [/^locations-list/, (c) => c.locations.list()],
  [/^location-inventory-levels/, passedOn('/locations/L/inventory-levels')],
  [/^customers-list/, (c) => drain(c.customers.list({ q: 'nadie@example.com' }))],
  [/^customer-(get|create-response)/, (c) => c.customers.get('1')],
  [/^store-get/, (c) => c.store.get()],
];

/** Files that tests of their own below meet. */
const MET_BELOW =
  /^(webhook-event|webhook-privacy|errors|webhook-create-(error|response)|oauth-token|invoice-nfe|metafield|stock-price-patch-response)/;
/** Documented, and no call of ours. */
const NOT_CALLED =
  /^(transaction-create|tracking-event-update-request|v1-order-fulfill-request|metafields-list|variants-put-collection-request)/;

const named = (pattern: RegExp) => PAYLOADS.filter(({ name }) => pattern.test(name));
const each = (files: readonly Payload[]) => files.map((file) => [file.title, file] as const);
const found = (name: string) => PAYLOADS.find((file) => file.name === name);

const metafield = z.looseObject({
  value: z.string().transform((text) => invoices.parse(JSON.parse(text))),
  owner_id: z.number().optional(),
});
const entry = (read: z.output<typeof metafield> | undefined) => read!.value.at(-1)!;

/** The command with the list's last entry. */
async function giveInvoice(client: NuvemshopClient, orderId: string, one: ReturnType<typeof entry>) {
  const { key, link, fulfillment_order_id: parcel } = one;
  const input = { key, link, parcel, replace: false };
  const target = { orderId, row: rowOf(orderId), givenAt: 0 };
  const look = await invoice.look(client, target, input);
  if (look.state === 'absent') await invoice.run(client, target, input, look.fresh);
}
const invoices = z.array(z.object({ key: z.string(), link: z.string(), fulfillment_order_id: z.string() }));
const tokenRequest = z.looseObject({ client_id: z.string(), client_secret: z.string(), code: z.string() });
const stockReply = z.array(z.object({ id: z.number(), variants: z.array(z.object({ id: z.number() })) }));

it('knows what to do with every payload', () => {
  const strangers = PAYLOADS.filter(
    ({ name }) =>
      ![...ANSWERS.map(([pattern]) => pattern), ORDERS, MET_BELOW, NOT_CALLED].some((pattern) =>
        pattern.test(name),
      ) && !REQUESTS.some((request) => request.name === name),
  );
  expect(strangers.map(({ name }) => name)).toEqual([]);
});

describe('every order becomes a valid normalised order', () => {
  const storeOf = z.object({ store_id: z.coerce.string() });
  it.each(each(named(ORDERS)))('%s', (_, { json }) => {
    for (const order of Array.isArray(json) ? json : [json]) {
      const storeId = storeOf.safeParse(order).data?.store_id ?? '5665778';
      const result = normaliseNuvemshopOrder(order, { storeId });
      expect(result).toMatchObject({ ok: true });
      if (result.ok) expect(orderSchema().parse(result.order)).toEqual(result.order);
    }
  });

  it.each([
    ['pending', 'received', 'pending', 'unpacked'],
    ['paid', 'confirmed', 'paid', 'unpacked'],
    ['packed', 'ready', 'paid', 'packed'],
    ['dispatched', 'dispatched', 'paid', 'dispatched'],
    ['delivered', 'delivered', 'paid', 'delivered'],
    ['cancelled', 'cancelled', 'paid', 'unpacked'],
    ['closed', 'closed', 'paid', 'unpacked'],
    ['refunded', 'received', 'refunded', 'unpacked'],
    ['placeholders', 'unknown', 'unknown', 'unpacked'],
  ])('order-get.%s is %s, %s, %s', (file, status, payment, fulfilment) => {
    const result = normaliseNuvemshopOrder(found(`order-get.${file}.2025-03`)?.json, { storeId: '5665778' });
    expect(result).toMatchObject({
      ok: true,
      order: { status, payment: { status: payment }, fulfilment: { status: fulfilment } },
    });
  });
});

describe('every answer goes through the schema that would meet it', () => {
  const cases = ANSWERS.flatMap(([pattern, ask]) =>
    each(named(pattern)).map(([title, file]) => [title, file, ask] as const),
  );
  it.each(cases)('%s', async (_, { json }, ask) => {
    const total = Array.isArray(json) ? json.length : 0;
    const { client } = fakeApi(() => ({ body: json, headers: { 'x-total-count': String(total) } }));
    const answer = await ask(client);
    expect(answer).toBeDefined();
    if (Array.isArray(json)) expect(answer).toHaveLength(json.length);
  });
});

describe('what we send is the documented request', () => {
  const documented = REQUESTS.flatMap((request) =>
    each(PAYLOADS.filter(({ name }) => name === request.name)).map(
      ([title, file]) => [title, request, file] as const,
    ),
  );
  it.each(documented)('%s', async (_, { method, path, send, differs }, { json }) => {
    const { client, calls } = fakeApi((request) => answerFor(request.method, path, json));
    await send(client, json as never).catch(() => undefined);
    const call = calls.find((made) => made.method === method);
    expect(call?.url.split('/5665778')[1]).toBe(path);
    expect(sentBody(call)).toEqual(differs === undefined ? json : differs(json as Record<string, unknown>));
  });

  it('invoices, new and appended (documented)', async () => {
    const [created, appended] = ['invoice-nfe-create-request', 'invoice-nfe-append-request'].map((name) =>
      metafield.parse(found(name)?.json),
    );
    const existing = found('invoice-nfe-get-existing')?.json;
    const orderId = String(created!.owner_id);
    const shown = [{ id: entry(created).fulfillment_order_id }, { id: entry(appended).fulfillment_order_id }];
    const answering = (lists: unknown) =>
      fakeApi(({ method, url }) => {
        if (method !== 'GET') return { body: { id: 12345, value: '[]' } };
        return {
          body: url.includes('/metafields/') ? lists : shown.map(({ id }) => ({ id, status: 'PACKED' })),
        };
      });

    const fresh = answering([]);
    await giveInvoice(fresh.client, orderId, entry(created));
    expect(metafield.parse(sentBody(fresh.calls.find(({ method }) => method === 'POST')))).toEqual(created);

    const more = answering(existing);
    await giveInvoice(more.client, orderId, entry(appended));
    const put = more.calls.find(({ method }) => method === 'PUT');
    expect(put?.url).toMatch(/\/metafields\/12345$/);
    expect(metafield.parse(sentBody(put))).toEqual(appended);
  });

  it('the exchange of a code, whose answer has a text as user_id (documented)', async () => {
    const sample = tokenRequest.parse(found('oauth-token-request')?.json);
    // The sample's secret is a word; a real one is longer.
    const wanted = { ...sample, client_secret: 'as-long-as-a-real-secret' };
    const bodies: unknown[] = [];
    const call = {
      transport: async (request: PlatformRequest) => {
        bodies.push(sentBody(request));
        const body = Buffer.from(JSON.stringify(found('oauth-token-response')?.json));
        return { status: 200, headers: new Headers(), body };
      },
      clock: { now: () => 0, sleep: async () => {} },
      stores: [storeWith()],
      app: { clientId: wanted.client_id, clientSecret: wanted.client_secret },
    };
    const installation = await oauth.exchange(call, wanted.code);
    expect(bodies).toEqual([wanted]);
    expect(installation).toMatchObject({ storeId: '789', scopes: ['read_orders', 'write_products'] });
  });

  it.each(each(named(/^stock-price-patch-response/)))('%s is read for each variant', async (_, { json }) => {
    const [first] = stockReply.parse(json);
    const { client } = fakeApi(() => ({ body: json }));
    const change = { productId: first!.id, variantId: first!.variants[0]!.id, price: 1000 };
    const slices = [];
    for await (const results of client.stock.push([change])) slices.push(results);
    expect(slices).toMatchObject([[{ outcome: 'done' }]]);
  });
});

describe('every subscription that is made is read', () => {
  it.each(each(named(/^webhook-create-response/)))('%s', async (_, { json }) => {
    const { client } = fakeApi(({ method }) => ({ body: method === 'GET' ? [] : json }));

    const { created } = await client.webhooks.subscribe('https://acopio.example/hook', ['order/created']);

    expect(created).toMatchObject([{ event: (json as { event: string }).event }]);
  });
});

describe('every webhook is read', () => {
  it.each(each(named(/^webhook-event/)))('%s', (_, { name, json }) => {
    const event = readNuvemshopEvent(json);
    expect(event).toMatchObject({ ok: true, known: true });
    const aboutOrder = /order|tracking/.test(name);
    expect(event.ok && event.orderId !== undefined).toBe(aboutOrder);
  });

  it.each(each(named(/^webhook-privacy/)))(
    '%s, which has no event: its address is its topic (documented)',
    (_, { name, json }) => {
      const topic = name.endsWith('store-redact')
        ? 'store/redact'
        : name.endsWith('data-request')
          ? 'customers/data_request'
          : 'customers/redact';
      expect(readPrivacyNotice(topic, json)).toMatchObject({
        ok: true,
        storeId: expect.stringMatching(/^\d+$/) as string,
      });
      expect(readNuvemshopEvent(json).ok).toBe(false);
      expect(readPrivacyNotice(topic, {}).ok).toBe(false);
    },
  );
});

describe('every error body has its kind', () => {
  const documented = z.record(z.string(), z.unknown());
  const one = z.object({ status: z.number(), body: z.unknown().optional(), message: z.string().optional() });
  const cases = each(named(/^errors$/)).flatMap(([title, { json }]) =>
    Object.entries(documented.parse(json)).flatMap(([name, entry]) =>
      (Array.isArray(entry) ? entry : [entry]).map(
        (error: unknown) => [`${title} ${name}`, one.parse(error)] as const,
      ),
    ),
  );
  const kindOf = (status: number) =>
    status >= 500 ? 'retry-later' : status === 401 ? 'auth-failed' : status === 404 ? 'not-found' : 'refused';

  it.each(cases)('%s', async (_, { status, body, message }) => {
    const { client } = fakeApi(() => ({ status, body: body ?? { description: 'Bad Request', message } }));
    const error = await client.store.get().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ kind: kindOf(status), status, said: expect.any(String) as string });
  });

  it.each(each(named(/^webhook-create-error/)))('%s names both fields', async (_, { json }) => {
    const { client } = fakeApi(({ method }) =>
      method === 'GET' ? { body: [] } : { status: 422, body: json },
    );
    await expect(client.webhooks.subscribe('https://localhost/', ['order/created'])).rejects.toMatchObject({
      kind: 'refused',
      status: 422,
      detail: 'It refused order/created. It is about event, url.',
    });
  });
});

/** Enough of an answer for the calls around the write that is looked at. */
function answerFor(method: string, path: string, json: unknown) {
  if (method === 'GET' && path === '/webhooks') return { body: [] };
  if (method === 'GET')
    return { body: { id: 'F', status: 'UNPACKED', stock: 1, shipping: { type: 'ship' } } };
  if (path === '/products/stock-price') {
    return { body: stockAnswer.parse(json) };
  }
  return { body: Array.isArray(json) ? [] : { id: 1, event: 'x', url: 'x', value: '[]', status: 'x' } };
}

const stockAnswer = z.array(
  z.looseObject({
    variants: z.array(z.looseObject({}).transform((variant) => ({ ...variant, success: true }))),
  }),
);
