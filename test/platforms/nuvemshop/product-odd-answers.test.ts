import { describe, expect, it } from 'vitest';
import { erpProductInput, imageKey, type WantedProduct } from '../../../functions/domain/product-input.ts';
import { productWrite } from '../../../functions/platforms/nuvemshop/product-write/write.ts';
import { fakeApi } from './fake-api.ts';

/** A product with an image that has no id, as the reference knows none. */
const ODD = { id: '1', variants: [{ id: '2', sku: 'A' }], images: [{ src: 'https://example.com/a.jpg' }] };
const api = {
  products: {
    get: async () => ODD,
    getBySku: async () => ODD,
    create: async () => ODD,
    update: async () => ODD,
  },
} as unknown as Parameters<typeof productWrite.look>[0];
const target = (memory: object) =>
  ({
    wanted: {
      product: erpProductInput().parse({ name: 'Mug', variants: [{ sku: 'A' }] }),
      pricesElsewhere: false,
      locations: [],
    } satisfies WantedProduct,
    memory: { reached: {}, images: {}, ...memory },
    isUnsure: true,
    making: {},
  }) as unknown as Parameters<typeof productWrite.look>[1];

describe('a product that is answered with 200 and cannot be understood', () => {
  it.each([
    ['looked for by its SKU', {}],
    ['read by its id', { productId: '1' }],
  ])('ends no run of its command as a mistake of ours: %s', async (_, memory) => {
    const look = productWrite.look(api, target(memory), new Map());

    await expect(look).rejects.toMatchObject({ name: 'PlatformError', kind: 'invalid-response' });
  });

  it.each([
    ['made', { kind: 'create', groups: ['texts'], images: [] }, {}],
    ['changed', { kind: 'update', productId: '1', groups: ['texts'] }, { productId: '1' }],
  ])('is one of which nobody knows whether it was %s', async (_, call, memory) => {
    const run = productWrite.run(api, target(memory), call as never, new Map());

    await expect(run).rejects.toMatchObject({ kind: 'invalid-response', outcomeUnknown: true });
  });
});

describe('a product whose SKU has spaces around it', () => {
  it.each([
    ['at the platform', 'A  ', 'A'],
    ['in the system of the merchant', 'A', ' A'],
  ])('is the one that is looked for: %s', async (_, theirs, ours) => {
    const found = { id: '1', name: { es: 'Mug' }, variants: [{ id: '2', sku: theirs }], images: [] };
    const products = { ...api.products, getBySku: async () => found, get: async () => found };
    const { wanted, ...rest } = target({});
    const product = { ...wanted.product, variants: [{ sku: ours }] };
    const looked = { ...rest, wanted: { ...wanted, product }, isUnsure: false };

    const look = await productWrite.look({ products } as unknown as typeof api, looked, new Map());

    expect(look).toMatchObject({ state: 'there', memory: { productId: '1' } });
  });
});

/** The answers of a shop that does not find anything but perhaps the store. */
const notFinding = (store: 'the store' | 'nothing') =>
  fakeApi(({ url }) =>
    store === 'the store' && new URL(url).pathname.endsWith('/store')
      ? { body: { id: 1 } }
      : { status: 404, body: { code: 404, message: 'Not Found' } },
  ).client;
const IMAGE = { images: { 'key-of-a': '5' } };

describe('a product that is answered with 404', () => {
  it('is forgotten with its images where the store itself is found', async () => {
    const memory = { productId: '1', ...IMAGE };

    const look = await productWrite.look(notFinding('the store'), target(memory), new Map());

    expect(look.memory).not.toHaveProperty('productId');
    expect(look.memory.images).toEqual({});
  });

  it.each([
    ['of which an id is known', { productId: '1', ...IMAGE }],
    ['that a call of ours may have made', { creating: { images: [] } }],
  ])(
    'may be there where the store is not found either, as with a wrong version: one %s',
    async (_, memory) => {
      const look = productWrite.look(notFinding('nothing'), target(memory), new Map());

      await expect(look).rejects.toMatchObject({ kind: 'retry-later' });
    },
  );

  it.each(['delete-image', 'delete-variant'] as const)(
    'has not lost what was to be deleted where the store is not found either: %s',
    async (kind) => {
      const call = { kind, productId: '1', id: '5' };

      const run = productWrite.run(notFinding('nothing'), target({ productId: '1' }), call, new Map());

      await expect(run).rejects.toMatchObject({ kind: 'retry-later' });
    },
  );
});

describe('an image that is to be replaced', () => {
  const image = { src: 'https://example.com/new.jpg' };
  const wanted = {
    product: erpProductInput().parse({
      name: 'Mug',
      variants: [{ sku: 'A' }],
      images: [image],
      removeMissing: true,
    }),
    pricesElsewhere: false,
    locations: [],
  } satisfies WantedProduct;
  const [made] = wanted.product.images ?? [];
  const key = made === undefined ? '' : imageKey(made);
  /** The images that are deleted of a product that has these. */
  async function deleted(had: string[], remembered: object): Promise<string[]> {
    const gone: string[] = [];
    const { client } = fakeApi(({ method, url }) => {
      if (method === 'DELETE') gone.push(url.split('/').at(-1) ?? '');
      const images = had
        .filter((id) => !gone.includes(id))
        .map((id) => ({ id, src: `https://example.com/${id}.jpg` }));
      return { body: { id: '1', name: { es: 'Mug' }, variants: [{ id: '2', sku: 'A' }], images } };
    });
    let memory: object = { productId: '1', ...remembered };
    const now = () => ({ ...target(memory), wanted, isUnsure: false });
    for (let calls = 0; calls < 9; calls += 1) {
      const look = await productWrite.look(client, now(), new Map());
      if (look.state !== 'absent') break;
      memory = look.memory;
      memory = await productWrite.run(client, now(), look.fresh, new Map());
    }
    return gone;
  }

  it('goes once the other one is there', async () => {
    expect(await deleted(['7', '8'], { images: { [key]: '8' } })).toEqual(['7']);
  });

  it('stays while the other one is refused: a buyer would see none', async () => {
    expect(await deleted(['7'], { run: { refused: { [`image/${key}`]: [] } } })).toEqual([]);
  });
});

describe('variants that are too many for the limit of a call', () => {
  const SKUS = ['A', 'B', 'C', 'D'];
  const wanted = {
    product: erpProductInput().parse({
      name: 'Mug',
      options: ['Size'],
      variants: SKUS.map((sku) => ({ sku, values: [sku], barcode: `new ${sku}` })),
    }),
    pricesElsewhere: false,
    locations: [],
  } satisfies WantedProduct;
  const body = {
    id: '1',
    name: { es: 'Mug' },
    attributes: [{ es: 'Size' }],
    variants: SKUS.map((sku) => ({ id: `7${sku.charCodeAt(0)}`, sku, values: [{ es: sku }] })),
  };

  it('are changed by smaller calls, because the same one would be refused for ever (observed)', async () => {
    // Arrange: more than two at once are a 429.
    const sizes: number[] = [];
    const { client } = fakeApi(({ method, body: sent }) => {
      if (method !== 'PATCH') return { body };
      const { length } = JSON.parse(String(sent)) as unknown[];
      sizes.push(length);
      return length > 2 ? { status: 429 } : { body: [] };
    });
    const notes = new Map();
    let memory: object = { productId: '1', reached: {}, images: {} };
    const now = () => ({ ...target(memory), wanted, isUnsure: false });
    // Act
    let look = await productWrite.look(client, now(), notes);
    for (let calls = 0; look.state === 'absent' && calls < 9; calls += 1) {
      memory = look.memory;
      memory = await productWrite.run(client, now(), look.fresh, notes);
      look = await productWrite.look(client, now(), notes);
    }
    // Assert
    expect([look.state, sizes]).toEqual(['there', [4, 2, 2]]);
  });
});
