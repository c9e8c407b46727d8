import { describe, expect, it } from 'vitest';
import { groupHashes } from '../../../functions/domain/product-input.ts';
import { createProductMemories, createWantedProducts } from '../../../functions/storage/erp-products.ts';
import { productRowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench, STOCK } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['catalogue', 'commands']);
const PRODUCT = {
  name: { es: 'Remera' },
  options: ['Talle'],
  variants: [
    { sku: 'R-S', values: ['S'] },
    { sku: 'R-M', values: ['M'] },
  ],
};
const AT = '?platform=shop&store=s';
let ids = 0;
const fresh = () => {
  ids += 1;
  return `P-${ids}`;
};
const put = (id: string, body: unknown = PRODUCT, { at = AT, by = token } = {}) =>
  api.call('PUT', `/v1/products/${id}${at}`, { token: by, body });
const keyOf = (externalProductId: string) => ({ platform: 'shop', storeId: 's', externalProductId });
const read = (id: string) =>
  api.call('GET', `/v1/products/${encodeURIComponent(`shop:s:erp-product:${id}`)}`, { token });

describe('PUT /v1/products/{externalId}', () => {
  it('keeps what the product is to be until its command ended', async () => {
    const id = fresh();

    const { status, body } = await put(id);

    expect(status).toBe(202);
    expect(body).toMatchObject({
      product: `shop:s:erp-product:${id}`,
      result: 'accepted',
      state: 'accepted',
    });
    const [command] = await api.commands.ofOrder(keyOf(id));
    const wanted = await createWantedProducts({ ...tables, clock: api.clock }).get(
      keyOf(id),
      String(command?.input.wanted),
    );
    expect(wanted?.product).toEqual({ ...PRODUCT, removeMissing: false });
  });

  it('keeps it once while it is under way', async () => {
    const id = fresh();
    const first = await put(id);

    const again = await put(id);

    expect(again.body).toEqual({ ...first.body, result: 'known' });
    expect(await api.commands.ofOrder(keyOf(id))).toHaveLength(1);
  });

  it('does nothing once it is so', async () => {
    const id = fresh();
    await put(id);
    const [command] = await api.commands.ofOrder(keyOf(id));
    await api.commands.resolve({ key: keyOf(id), command: command! }, { ...command!, state: 'done' });
    const memories = createProductMemories(tables);
    const reached = groupHashes({
      product: { ...PRODUCT, removeMissing: false },
      pricesElsewhere: false,
      locations: [],
    });
    const memory = { productId: '9', reached: reached as Record<string, string>, images: {} };
    await memories.save(keyOf(id), { memory }, await memories.of(keyOf(id)));

    const { body } = await put(id);

    expect(body).toEqual({ product: `shop:s:erp-product:${id}`, result: 'unchanged', state: 'done' });
    expect((await read(id)).body).toMatchObject({
      id: `shop:s:erp-product:${id}`,
      product: 'shop:s:product:9',
      groups: { texts: 'reached', options: 'reached', variants: 'reached' },
      problems: [],
    });
  });

  it('shows how far each group has come', async () => {
    const id = fresh();
    await put(id);

    expect((await read(id)).body).toMatchObject({
      groups: { texts: 'under-way', options: 'under-way', variants: 'under-way' },
    });
    expect((await read('none')).body.code).toBe('product-unknown');
  });

  it.each([
    ['refused', 'refused'],
    ['in_doubt', 'in-doubt'],
    ['failed', 'not-reached'],
    ['expired', 'not-reached'],
  ] as const)('calls what a command that is %s did not bring about %s', async (state, word) => {
    const id = fresh();
    await put(id);
    const [command] = await api.commands.ofOrder(keyOf(id));

    await api.commands.resolve({ key: keyOf(id), command: command! }, { ...command!, state });

    expect((await read(id)).body.groups).toEqual({ texts: word, options: word, variants: word });
  });

  it.each([
    ['no variant', { variants: [] }, '/body/variants'],
    ['variants without options', { options: [] }, '/body/options'],
    [
      'one SKU twice',
      { variants: [0, 1].map((n) => ({ sku: 'A', values: [`${n}`] })) },
      '/body/variants/1/sku',
    ],
    [
      'values twice',
      { variants: ['A', 'B'].map((sku) => ({ sku, values: ['S'] })) },
      '/body/variants/1/values',
    ],
    ['a value missing', { variants: [{ sku: 'A' }] }, '/body/variants/0/values'],
    ['a price without currency', { options: [], variants: [{ sku: 'A', price: '1' }] }, '/body/variants/0'],
    ['an image of nothing', { images: [{ alt: 'x' }] }, '/body/images/0'],
    ['bytes without a name', { images: [{ attachment: 'AAAA' }] }, '/body/images/0'],
    ['a long title', { seoTitle: 'x'.repeat(71) }, '/body/seoTitle'],
    ['a number for a price', { variants: [{ sku: 'A', values: ['S'], price: 5 }] }, '/body/variants/0/price'],
    [
      'a SKU that no address can hold, by which nobody could look for it',
      { options: [], variants: [{ sku: '..' }] },
      '/body/variants/0/sku',
    ],
    ['an unknown field', { variants: [{ sku: 'A', values: ['S'], color: 'x' }] }, '/body/variants/0'],
  ])('refuses %s with a pointer, and keeps nothing', async (_, changes, pointer) => {
    const id = fresh();

    const { status, body } = await put(id, { ...PRODUCT, ...changes });

    expect(status).toBe(422);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect(await api.commands.ofOrder(keyOf(id))).toEqual([]);
  });

  it.each([
    ['the product', { colour: 'x' }, ['name', 'variants']],
    ['a variant', { variants: [{ sku: 'A', values: ['S'], colour: 'x' }] }, ['sku', 'customFields']],
    ['a category', { categories: [{ path: ['Top'], colour: 'x' }] }, ['id', 'path']],
  ])('says of a field that is not known in %s which are', async (_, changes, known) => {
    const { body } = await put(fresh(), { ...PRODUCT, ...changes });

    const names = /Known: (.*)\.$/.exec(body.errors[0].detail)?.[1]?.split(', ');
    expect(names).toEqual(expect.arrayContaining(known));
  });

  const priced = (price: string, more: object = {}) => ({
    ...{ currency: 'ARS', options: [], variants: [{ sku: 'A', price, ...more }] },
  });
  it.each([
    ['no price at all', priced('0'), '/body/variants/0/price'],
    ['less than nothing', priced('-5'), '/body/variants/0/price'],
    ['what is no amount', priced('1.234,50'), '/body/variants/0/price'],
    ['more decimals than the currency has', priced('1.255'), '/body/variants/0/price'],
    [
      'a promotion that is none',
      priced('10', { promotionalPrice: '10' }),
      '/body/variants/0/promotionalPrice',
    ],
  ])('refuses %s, also where nobody else tells the store prices', async (_, changes, pointer) => {
    const id = fresh();

    const { status, body } = await put(id, { ...PRODUCT, ...changes });

    expect([status, body.errors?.[0].pointer]).toEqual([422, pointer]);
    expect(await api.commands.ofOrder(keyOf(id))).toEqual([]);
  });

  it('compares prices with those of the product that it is linked to, unless the change is meant', async () => {
    const id = fresh();
    const memories = createProductMemories(tables);
    const memory = { productId: id, reached: {}, images: {} };
    await memories.save(keyOf(id), { memory }, await memories.of(keyOf(id)));
    const row = productRowOf(id);
    const variant = { platformVariantId: 'v', sku: 'A', price: { amount: 1_000_00, currency: 'ARS' } };
    await api.products.put({ ...row, product: { ...row.product!, variants: [variant] } }, 0);

    const [slip, abroad, meant] = [
      await put(id, { ...PRODUCT, ...priced('10') }),
      await put(id, { ...PRODUCT, ...priced('900'), currency: 'USD' }),
      await put(id, { ...PRODUCT, ...priced('10'), confirm: 'factor' }),
    ];

    expect([slip, abroad].map(({ body }) => body.errors?.[0])).toMatchObject([
      { pointer: '/body/variants/0/price', code: 'factor' },
      { pointer: '/body/currency', code: 'currency' },
    ]);
    expect(meant.status).toBe(202);
  });

  it.each([
    [
      'of a word that is no language',
      { name: { spanish: 'Remera' } },
      'must be a language, such as es or pt_BR.',
    ],
    [
      'that is too long in a language',
      { seoTitle: { es: 'x'.repeat(71) } },
      'Too big: expected string to have <=70 characters.',
    ],
  ])(
    'says of a text by language %s what is wrong, and not that it should be plain text',
    async (_, fields, detail) => {
      const { body } = await put(fresh(), { ...PRODUCT, ...fields });

      expect(body.errors.map((error: { detail: string }) => error.detail)).toEqual([detail]);
    },
  );

  it('takes a product of a thousand variants', async () => {
    const variants = Array.from({ length: 1000 }, (_, n) => ({ sku: `T-${n}`, values: [`${n}`] }));

    expect((await put(fresh(), { ...PRODUCT, variants })).status).toBe(202);
    expect(
      (await put(fresh(), { ...PRODUCT, variants: [...variants, { sku: 'x', values: ['x'] }] })).status,
    ).toBe(422);
  });

  it('takes images of several megabytes', async () => {
    const attachment = Buffer.alloc(2_000_000, 7).toString('base64');

    const { status } = await put(fresh(), { ...PRODUCT, images: [{ attachment, filename: 'a.png' }] });

    expect(status).toBe(202);
  });

  it('is not let in without its scope', async () => {
    const { status, body } = await put(fresh(), PRODUCT, { by: api.token(['stock', 'commands']) });

    expect([status, body.code]).toEqual([403, 'scope-missing']);
  });

  it.each([
    ['?platform=elsewhere', 'store-unknown'],
    ['?platform=shop', 'store-unknown'],
    ['?platform=mall', 'command-refused'],
    ['?platform=shop&store=s-2', 'command-refused'],
  ])('at %s is answered %s, and nothing is kept', async (at, code) => {
    const id = fresh();

    const { body } = await put(id, PRODUCT, { at });

    expect(body.code).toBe(code);
    expect(await api.commands.ofOrder(keyOf(id))).toEqual([]);
  });

  it('is shown by its command without all that was wanted', async () => {
    const id = fresh();
    const { body } = await put(id);

    const shown = await api.call('GET', `/v1/commands/${body.command}`, { token });

    expect(shown.body).toMatchObject({ product: body.product, command: 'product', state: 'accepted' });
    expect(shown.body).not.toHaveProperty('input');
  });
});

describe('stock of a new variant', () => {
  const told = apiBench(tables, {
    ...STOCK,
    channels: STOCK.channels.map((one) => ({ ...one, shows: 'number' })),
  });
  const body = { name: 'Remera', variants: [{ sku: 'X', stock: 5 }] };

  it('is not said with the product where others tell the store', async () => {
    const answer = await told.call('PUT', `/v1/products/${fresh()}${AT}`, {
      token: told.token(['catalogue']),
      body,
    });

    expect(answer.body.errors).toMatchObject([{ pointer: '/body/variants/0/stock', code: 'not-allowed' }]);
  });

  it('is where nobody does', async () => {
    expect((await put(fresh(), body)).status).toBe(202);
  });
});
