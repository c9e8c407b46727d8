import { describe, expect, it } from 'vitest';
import { orderSchema } from '../../../functions/domain/order.ts';
import { parseJson } from '../../../functions/http/answer.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { classifyWebhook } from '../../../functions/platforms/pedidosya/webhook.ts';
import { settingsOf } from './harness.ts';
import { itemJson, orderJson } from './order-builder.ts';

const settings = settingsOf();

/** What becomes of a body, as the consumer goes about it. */
function outcomeOf(body: string | Uint8Array): string {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  let json: unknown;
  try {
    json = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'not-json';
  }
  const webhook = classifyWebhook(json);
  if (webhook.kind !== 'order') return webhook.kind;
  const read = normalisePedidosyaOrder(webhook.json, settings);
  if (!read.ok) {
    expect(read.platformOrderId ?? read.storeId).toBeTruthy();
    return read.reason;
  }
  orderSchema.parse(read.order);
  return 'order';
}

const text = (changes: Record<string, unknown> = {}) => JSON.stringify(orderJson(changes));
const withItem = (changes: Record<string, unknown>) => text({ items: [itemJson(changes)] });
const withPricing = (changes: Record<string, unknown>) =>
  withItem({ pricing: { pricing_type: 'UNIT', unit_price: 1, quantity: 1, ...changes } });
const withPayment = (field: string, value: string) =>
  text().replace(new RegExp(`"${field}":[^,}]+`), `"${field}":${value}`);
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const CASES: [name: string, body: string | Uint8Array, outcome: string][] = [
  ['nothing', '', 'not-json'],
  ['truncated JSON', text().slice(0, -5), 'not-json'],
  ['truncated inside a string', text().slice(0, 30), 'not-json'],
  ['JSON and more behind it', `${text()}{}`, 'not-json'],
  [
    'bytes that are not UTF-8',
    Buffer.concat([Buffer.from('{"order_id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    'not-json',
  ],
  ['UTF-16', Buffer.from(text(), 'utf16le'), 'not-json'],
  ['NaN', withPayment('order_total', 'NaN'), 'not-json'],
  ['nested deeper than the stack', `{"order_id":"o","status":"RECEIVED","x":${nested(50_000)}}`, 'not-json'],
  [
    'nested deeply where it matters',
    `{"order_id":"o","status":"RECEIVED","items":${nested(500)}}`,
    'schema-mismatch',
  ],
  [
    'nested deeply where it does not',
    `{"order_id":"o","status":"RECEIVED","comment":${nested(500)}}`,
    'order',
  ],
  ['null', 'null', 'unknown'],
  ['a number', '42', 'unknown'],
  ['a string', '"RECEIVED"', 'unknown'],
  ['an empty list', '[]', 'unknown'],
  ['an empty object', '{}', 'unknown'],
  ['a list of orders', `[${text()}]`, 'unknown'],
  ['no order_id', text({ order_id: undefined }), 'unknown'],
  ['an empty order_id', text({ order_id: '' }), 'unknown'],
  ['an order_id that is an object', text({ order_id: { $ne: null } }), 'unknown'],
  ['an order_id of 10,000 characters', text({ order_id: 'x'.repeat(10_000) }), 'unknown'],
  ['an order_id that is a fraction', text({ order_id: 1.5 }), 'unknown'],
  ['an order_id beyond 2^53', text().replace(/"order_id":"[^"]+"/, '"order_id":9007199254740993'), 'order'],
  ['no status', text({ status: undefined }), 'schema-mismatch'],
  ['a status that is a list', text({ status: ['RECEIVED'] }), 'schema-mismatch'],
  ['an endless status', text({ status: 'R'.repeat(5000) }), 'schema-mismatch'],
  ['items by number', text({ items: { 0: itemJson() } }), 'order'],
  ['items that are an object', text({ items: { a: 1 } }), 'schema-mismatch'],
  ['items that are texts', text({ items: ['HSM-1'] }), 'schema-mismatch'],
  ['items that are null inside', text({ items: [null] }), 'schema-mismatch'],
  ['no items at all', text({ items: [], payment: undefined }), 'order'],
  ['an item without pricing', withItem({ pricing: undefined }), 'schema-mismatch'],
  ['an item of pricing null', withItem({ pricing: null }), 'schema-mismatch'],
  ['a price in words', withPricing({ unit_price: 'gratis' }), 'schema-mismatch'],
  ['a price that is an object', withPricing({ unit_price: { amount: 1 } }), 'schema-mismatch'],
  ['a quantity below 0', withPricing({ quantity: -1 }), 'schema-mismatch'],
  ['a quantity in words', withPricing({ quantity: 'dos' }), 'schema-mismatch'],
  [
    'a quantity that is infinite',
    withPricing({}).replace('"quantity":1', '"quantity":1e999'),
    'schema-mismatch',
  ],
  ['a weight that is true', withPricing({ pricing_type: 'KG', weight: true }), 'schema-mismatch'],
  [
    'a price times a quantity beyond exactness',
    withPricing({ unit_price: 9e11, quantity: 9e11 }),
    'schema-mismatch',
  ],
  ['a total of 1e400', withPayment('order_total', '1e400'), 'schema-mismatch'],
  ['a total of 1e30', withPayment('order_total', '1e30'), 'schema-mismatch'],
  ['a total of 400 digits', withPayment('order_total', '9'.repeat(400)), 'schema-mismatch'],
  ['a total that is a list', text({ payment: { order_total: [] } }), 'schema-mismatch'],
  ['a total in hexadecimal', text({ payment: { order_total: '0x10' } }), 'schema-mismatch'],
  ['payment that is a text', text({ payment: 'PAID' }), 'schema-mismatch'],
  ['a client that is a text', text({ client: 'nbet' }), 'schema-mismatch'],
  [
    "another merchant's chain",
    text({ client: { chain_id: 'somebody-else', store_id: 'nbet' } }),
    'foreign-store',
  ],
  ['a chain id that is a list', text({ client: { chain_id: [] } }), 'schema-mismatch'],
  [
    'post_picked_up in words',
    text({ status: 'CANCELLED', cancellation: { post_picked_up: 'no' } }),
    'schema-mismatch',
  ],
  ['a prototype key for the order', '{"__proto__":{"order_id":"o","status":"RECEIVED"}}', 'unknown'],
  [
    'a prototype key within',
    text().replace('{', '{"__proto__":{"status":"DELIVERED"},"constructor":{"prototype":{}},'),
    'order',
  ],
  ['a prototype key as a country', text({ client: { country_code: '__proto__' } }), 'order'],
  [
    'a duplicate key, the last counts',
    text().replace('"status":"RECEIVED"', '"status":"RECEIVED","status":"DELIVERED"'),
    'order',
  ],
  ['a duplicate order_id', `{"order_id":"a","order_id":"b","status":"RECEIVED"}`, 'order'],
  ['null characters and lone surrogates', text({ comment: '\u0000\ud800' }), 'order'],
  [
    'ten thousand items',
    text({ items: Array.from({ length: 10_000 }, (_, n) => itemJson({ _id: `i${n}` })) }),
    'order',
  ],
  ['a time far away', text({ sys: { updated_at: '+275760-09-13T00:00:00.000Z' } }), 'order'],
  ['a job of an odd shape', '{"job_id":"j","status":{},"download_url":[]}', 'catalogue-job'],
];

describe('hostile webhooks', () => {
  it.each(CASES)('%s', (_, body, outcome) => {
    expect(outcomeOf(body)).toBe(outcome);
  });

  it('are at least 40', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(40);
  });

  it('pollute no prototype', () => {
    for (const [, body] of CASES) outcomeOf(body);
    expect(({} as Record<string, unknown>).status).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('put none of their values into a problem or a warning', () => {
    const secretly = 'María-Secreta';
    const places = [
      orderJson({ status: { name: secretly } }),
      orderJson({ customer: secretly }),
      orderJson({ customer: { first_name: [secretly] } }),
      orderJson({ payment: { order_total: secretly } }),
      orderJson({ items: [itemJson({ pricing: { unit_price: secretly, quantity: secretly } })] }),
      orderJson({ client: { chain_id: { secretly } } }),
      orderJson({ sys: { updated_at: secretly } }),
      orderJson({ payment: { order_total: 1, additional_fees: { [secretly]: secretly } } }),
    ];
    for (const json of places) {
      const read = normalisePedidosyaOrder(json, settings);
      expect(JSON.stringify(read.ok ? read.order.warnings : read.problem)).not.toContain(secretly);
    }
  });
});
