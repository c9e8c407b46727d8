import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { signNuvemshop } from '../../functions/platforms/nuvemshop/webhook-proof.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import { deployedShop } from '../support/deployment.ts';
import { DEMO_CHAIN, ROUTES } from '../support/routes.ts';

const shop = deployedShop(21);
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

type Body = string | Buffer<ArrayBuffer>;
type Verdict = { status: number } | { review: string } | { recorded: true };

/** Bytes that are no text go as such: API Gateway hands on a JSON content type as text, with what is not UTF-8 replaced. */
async function send(path: string, headers: Record<string, string>, body: Body): Promise<Response> {
  const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
  return fetch(`${shop.cloud.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  });
}
const sendNuvemshop = (body: Body, path: string = ROUTES.nuvemshopEvents) =>
  send(path, { 'x-linkedstore-hmac-sha256': signNuvemshop(body, shop.webhookSecrets.nuvemshop) }, body);
const sendPedidosya = (body: Body) =>
  send(ROUTES.pedidosya, { authorization: shop.webhookSecrets.pedidosya }, body);

const order = (change: object = {}) => ({
  order_id: `hostile-${Math.abs(
    JSON.stringify(change)
      .split('')
      .reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) | 0, 7),
  )}`,
  status: 'RECEIVED',
  client: { chain_id: DEMO_CHAIN, country_code: 'uy', store_id: 'nbet' },
  items: [
    {
      _id: 'i',
      sku: 's',
      name: 'n',
      pricing: { pricing_type: 'UNIT', quantity: 1, unit_price: 10, total_price: 10 },
    },
  ],
  payment: { sub_total: 10, order_total: 10, type: 'PAID' },
  sys: { created_at: '2026-11-22T10:00:00.000Z', updated_at: '2026-11-22T10:00:00.000Z' },
  ...change,
});
const notice = (change: object = {}) =>
  JSON.stringify({ store_id: 5665778, event: 'order/updated', id: 1, ...change });
const raw = (text: string) => () => text;

/** What is sent, and what it must come to. */
const NUVEMSHOP: [string, () => Body, Verdict][] = [
  ['nothing', raw(''), { status: 400 }],
  ['truncated JSON', raw('{"store_id":5665778,"event":"order/upd'), { status: 400 }],
  ['HTML', raw('<html><body>hi</body></html>'), { status: 400 }],
  [
    'bytes that are not UTF-8',
    () => Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
    { status: 400 },
  ],
  ['a body of more than 1 MiB', () => JSON.stringify({ pad: 'x'.repeat(1024 * 1024) }), { status: 413 }],
  ['deep nesting', () => deep(5000), { status: 400 }],
  ['a number alone', raw('1e999'), { review: 'schema-mismatch' }],
  ['an empty array', raw('[]'), { review: 'schema-mismatch' }],
  ['an empty object', raw('{}'), { review: 'schema-mismatch' }],
  ['null', raw('null'), { review: 'schema-mismatch' }],
  ['a string', raw('"order/created"'), { review: 'schema-mismatch' }],
  ['another merchant’s store', () => notice({ store_id: 4242 }), { review: 'foreign-store' }],
  ['an id of the wrong type', () => notice({ id: { $gt: 0 } }), { review: 'schema-mismatch' }],
  ['an id that is a path', () => notice({ id: '../store' }), { review: 'schema-mismatch' }],
  ['a negative id', () => notice({ id: -5 }), { review: 'schema-mismatch' }],
  [
    'an id of 400 digits',
    () => `{"store_id":5665778,"event":"order/updated","id":${'9'.repeat(400)}}`,
    { review: 'schema-mismatch' },
  ],
  [
    'a prototype key',
    raw('{"__proto__":{"store_id":5665778},"constructor":1,"event":"order/updated"}'),
    { review: 'schema-mismatch' },
  ],
  ['an event of the wrong type', () => notice({ event: ['order/updated'] }), { review: 'schema-mismatch' }],
  ['an event without its order', () => notice({ id: undefined }), { review: 'schema-mismatch' }],
  [
    'duplicate keys',
    raw('{"store_id":5665778,"event":"order/updated","id":1,"id":[]}'),
    { review: 'schema-mismatch' },
  ],
];

const PEDIDOSYA: [string, () => Body, Verdict][] = [
  ['truncated JSON', () => JSON.stringify(order()).slice(0, 80), { status: 400 }],
  [
    'bytes that are not UTF-8',
    () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    { status: 400 },
  ],
  ['deep nesting', () => deep(300), { status: 400 }],
  ['an empty array', raw('[]'), { review: 'schema-mismatch' }],
  ['no order id', () => JSON.stringify(order({ order_id: undefined })), { review: 'schema-mismatch' }],
  [
    'an order id that is an object',
    () => JSON.stringify(order({ order_id: { a: 1 } })),
    { review: 'schema-mismatch' },
  ],
  [
    'an order id of 5,000 letters',
    () => JSON.stringify(order({ order_id: 'x'.repeat(5000) })),
    { review: 'schema-mismatch' },
  ],
  [
    'another merchant’s chain',
    () => JSON.stringify(order({ client: { chain_id: 'someone-else', store_id: 'x' } })),
    { review: 'foreign-store' },
  ],
  [
    'items that are no list',
    () => JSON.stringify(order({ items: 'all of them' })),
    { review: 'schema-mismatch' },
  ],
  [
    'an amount that is no number',
    () => JSON.stringify(order({ payment: { order_total: 'ten', sub_total: {} } })),
    { review: 'schema-mismatch' },
  ],
  [
    'an infinite amount',
    () => JSON.stringify(order({ note: 'inf' })).replace('"order_total":10', '"order_total":1e400'),
    { review: 'schema-mismatch' },
  ],
  [
    'an amount beyond what is exact',
    () => JSON.stringify(order({ payment: { order_total: 1e17, sub_total: 1 } })),
    { review: 'schema-mismatch' },
  ],
  ['an unknown status', () => JSON.stringify(order({ status: 'TELEPORTED' })), { recorded: true }],
  ['empty items', () => JSON.stringify(order({ items: [] })), { recorded: true }],
  [
    'prototype keys',
    () =>
      JSON.stringify(order({ note: 'proto' })).replace(
        '{',
        '{"__proto__":{"admin":true},"constructor":{"prototype":1},',
      ),
    { recorded: true },
  ],
  [
    'unknown fields of every kind',
    () => JSON.stringify(order({ x: [[[]]], y: { z: null }, w: 1e300 })),
    { recorded: true },
  ],
];

async function assess(answer: Response, verdict: Verdict, before: Set<string>): Promise<void> {
  if ('status' in verdict) {
    expect(answer.status).toBe(verdict.status);
    expect(await answer.json()).toMatchObject({ message: expect.stringMatching(/./) });
    return;
  }
  expect(answer.status).toBe(200);
  await shop.cloud.idle(20_000);
  const [row, ...more] = (await shop.table.all()).filter((row) => !before.has(stateOf(row)));
  expect(more).toEqual([]);
  if ('review' in verdict)
    expect(row).toMatchObject({ state: 'needs-review', review: { reason: verdict.review } });
  else expect(row).toMatchObject({ state: 'ok' });
  expect(row!.raw!.bytes).toBeGreaterThan(0);
}

const stateOf = (row: OrderRow) => `${orderPk(row)}#${row.revision}`;
const known = async () => new Set((await shop.table.all()).map(stateOf));

describe('hostile Nuvemshop webhooks', () => {
  it.each(NUVEMSHOP)('with %s: refused with a reason, or a visible row', async (_what, body, verdict) => {
    const before = await known();

    await assess(await sendNuvemshop(body()), verdict, before);
  });

  it.each([
    ['no signature', {}],
    ['an empty signature', { 'x-linkedstore-hmac-sha256': '' }],
    ['a signature of another body', { 'x-linkedstore-hmac-sha256': signNuvemshop('{}', 'other') }],
    ['a base64 signature', { 'x-linkedstore-hmac-sha256': Buffer.alloc(32).toString('base64') }],
  ])('with %s: 401, whatever the body', async (_what, headers) => {
    const answer = await send(ROUTES.nuvemshopEvents, headers, 'not json either');

    expect(answer.status).toBe(401);
  });

  it('refuses a wrong signature on the privacy addresses too', async () => {
    const answer = await send(ROUTES.nuvemshopStoreRedact, {}, '{"store_id":5665778}');

    expect(answer.status).toBe(401);
  });

  it.each([
    ['an order notice with its own signature', () => notice({})],
    ['a replayed request to erase the store', raw('{"store_id":5665778}')],
  ])('erases nobody for %s, and shows it', async (_what, body) => {
    // Arrange
    const ours = async () => (await shop.table.all()).filter(({ platform }) => platform === 'nuvemshop');
    const before = await ours();

    // Act
    const answer = await sendNuvemshop(body(), ROUTES.nuvemshopStoreRedact);
    await shop.cloud.idle(20_000);

    // Assert
    expect(answer.status).toBe(200);
    const after = await ours();
    expect(after.filter(({ erased }) => erased !== undefined)).toEqual([]);
    expect(after.filter(({ review }) => review?.reason === 'privacy-request').length).toBeGreaterThan(0);
    expect(after.length).toBeGreaterThanOrEqual(before.length);
  });
});

describe('hostile PedidosYa webhooks', () => {
  it.each(PEDIDOSYA)('with %s: refused with a reason, or a visible row', async (_what, body, verdict) => {
    const before = await known();

    await assess(await sendPedidosya(body()), verdict, before);
  });

  it.each([
    ['no secret', {}],
    ['a wrong secret', { authorization: 'Bearer nonsense' }],
  ])('with %s: 401', async (_what, headers: Record<string, string>) => {
    expect((await send(ROUTES.pedidosya, headers, JSON.stringify(order()))).status).toBe(401);
  });
});

describe('odd but honest webhooks', () => {
  const bytes = (body: Buffer<ArrayBuffer>) =>
    sendPedidosya(body).then(async (answer) => {
      await shop.cloud.idle(20_000);
      return answer.status;
    });

  it.each([
    ['with a slash behind the path', `${ROUTES.pedidosya}/`],
    ['with a slash behind the path that has others below it', `${ROUTES.nuvemshopEvents}/`],
  ])('%s are taken', async (_what, path) => {
    const needsNoWork = notice({ event: 'product/updated' });
    const body = path.startsWith(ROUTES.nuvemshopEvents) ? needsNoWork : JSON.stringify(order());
    const headers = {
      'x-linkedstore-hmac-sha256': signNuvemshop(body, shop.webhookSecrets.nuvemshop),
      authorization: shop.webhookSecrets.pedidosya,
    };

    expect((await send(path, headers, body)).status).toBe(200);
    await shop.cloud.idle(20_000);
  });

  it('compressed with gzip become a row', async () => {
    const body = JSON.stringify(order({ order_id: 'hostile-gzip' }));
    const headers = { authorization: shop.webhookSecrets.pedidosya, 'content-encoding': 'gzip' };

    const answer = await send(ROUTES.pedidosya, headers, Buffer.from(gzipSync(body)));
    await shop.cloud.idle(20_000);

    expect(answer.status).toBe(200);
    const key = { platform: 'pedidosya', storeId: DEMO_CHAIN, platformOrderId: 'hostile-gzip' };
    expect(await shop.table.get(key)).toMatchObject({ state: 'ok' });
  });

  it('with a byte order mark are acknowledged and seen', async () => {
    const before = await known();

    expect(await bytes(Buffer.from(`\uFEFF${JSON.stringify(order({ order_id: 'hostile-bom' }))}`))).toBe(200);

    const rows = (await shop.table.all()).filter((row) => !before.has(stateOf(row)));
    expect(rows).toHaveLength(1);
  });
});

describe('what goes astray', () => {
  it.each([
    ['POST', '/'],
    ['POST', '/wp-login.php'],
    ['POST', `${ROUTES.nuvemshopEvents}/below`],
    ['GET', ROUTES.nuvemshopEvents],
    ['PUT', ROUTES.pedidosya],
  ])('%s %s is counted, and told what to do', async (method, path) => {
    const before = shop.cloud.metrics.logged('WebhookAstray');

    const answer = await fetch(`${shop.cloud.apiUrl}${path}`, { method });

    expect([404, 405]).toContain(answer.status);
    expect(await answer.json()).toMatchObject({
      message: expect.stringMatching(/./) as string,
      next: expect.stringMatching(/./) as string,
    });
    expect(shop.cloud.metrics.logged('WebhookAstray')).toBe(before + 1);
  });
});

describe('after all of it', () => {
  it('nothing crashed, nothing is in a dead-letter queue, and refusals were counted', async () => {
    const queues = await shop.cloud.queues();

    expect(queues.filter(({ isDeadLetter }) => isDeadLetter).map(({ visible }) => visible)).toEqual([
      0, 0, 0,
    ]);
    expect(shop.logs.filter(({ line }) => line.includes('message failed'))).toEqual([]);
    expect(shop.cloud.metrics.total('WebhookBadSignature')).toBeGreaterThanOrEqual(6);
    expect(shop.cloud.metrics.logged('WebhookRefused')).toBeGreaterThanOrEqual(9);
  });
});
