import { createLeakyBucket } from '../access/leaky-bucket.ts';
import type { Category, Localised, Location, Product, Variant } from '../catalogue/catalogue.ts';
import { setStock } from '../catalogue/stock.ts';
import { defaultScopes, type NuvemshopStoreOptions } from '../options.ts';
import type { Platform, Store } from '../platform.ts';

const goods = [
  { name: 'Taza de ensayo', cents: 8_900, options: [] },
  { name: 'Remera de muestra', cents: 24_500, options: ['S', 'M', 'L'] },
  { name: 'Mesa de prueba', cents: 310_000, options: [] },
  { name: 'Lámpara ficticia', cents: 57_250, options: ['Blanca', 'Negra'] },
  { name: 'Cuaderno de demostración', cents: 4_999, options: [] },
  { name: 'Mochila inventada', cents: 89_990, options: ['Azul', 'Roja', 'Verde'] },
  { name: 'Vela de laboratorio', cents: 6_050, options: [] },
  { name: 'Silla imaginaria', cents: 145_300, options: ['Pino', 'Roble'] },
] as const;

/** Makes a shop with locations, categories and goods, all of them invented. */
export function seedStore(platform: Platform, options: NuvemshopStoreOptions, index: number): Store {
  const country = options.country ?? (index % 2 === 0 ? 'AR' : 'BR');
  const plan = options.plan ?? 'basic';
  const factor = plan === 'next' ? 10 : 1;
  const now = platform.clock.now();
  const { variantBucket } = platform.options;
  const store: Store = {
    id: options.id ?? 5_665_778 + index,
    name: `Tienda de prueba ${index + 1}`,
    country,
    currency: country === 'BR' ? 'BRL' : 'ARS',
    language: country === 'BR' ? 'pt' : 'es',
    plan,
    maxLocations: options.maxLocations ?? Number.POSITIVE_INFINITY,
    createdAt: now - 86_400_000,
    accessToken: options.accessToken === null ? undefined : (options.accessToken ?? platform.random.hex(40)),
    scopes: new Set(platform.app.scopes.length > 0 ? platform.app.scopes : defaultScopes),
    suspension: undefined,
    bucket: createLeakyBucket(40 * factor, 2 * factor),
    variantBucket: variantBucket && createLeakyBucket(variantBucket.size, variantBucket.perSecond),
    nextOrderNumber: 100,
    orders: new Map(),
    products: new Map(),
    categories: new Map(),
    customers: new Map(),
    locations: new Map(),
    webhooks: new Map(),
    metafields: new Map(),
    customFields: new Map(),
    transactions: new Map(),
  };
  for (let priority = 0; priority < (options.locations ?? 1); priority += 1) {
    const location = seedLocation(platform, store, priority);
    store.locations.set(location.id, location);
  }
  const category = seedCategory(platform, store);
  store.categories.set(category.id, category);
  for (const good of goods) {
    const product = seedProduct(platform, store, good, category.id);
    store.products.set(product.id, product);
  }
  return store;
}

function seedLocation(platform: Platform, store: Store, priority: number): Location {
  const now = platform.clock.now();
  const brazil = store.country === 'BR';
  const name = `Depósito ${priority + 1}`;
  return {
    id: platform.random.ulid(now),
    name: { es_AR: name, pt_BR: name, en_US: `Warehouse ${priority + 1}` },
    address: {
      zipcode: brazil ? '01310100' : '1425',
      street: 'Calle de Prueba',
      number: String(100 + priority),
      floor: '',
      locality: 'Centro',
      city: brazil ? 'São Paulo' : 'Buenos Aires',
      reference: '',
      between_streets: '',
      province: brazil ? { name: 'São Paulo', code: 'SP' } : { name: 'Buenos Aires', code: 'B' },
      region: brazil ? { name: 'Sudeste', code: 'SE' } : { name: '', code: '' },
      country: brazil ? { name: 'Brasil', code: 'BR' } : { name: 'Argentina', code: 'AR' },
    },
    priority,
    isDefault: priority === 0,
    createdAt: now,
    updatedAt: now,
  };
}

function seedCategory(platform: Platform, store: Store): Category {
  const now = platform.clock.now();
  return {
    id: platform.nextId('category'),
    name: { [store.language]: 'Todo' },
    description: { [store.language]: '' },
    handle: { [store.language]: 'todo' },
    parent: null,
    googleShoppingCategory: null,
    seoTitle: { [store.language]: '' },
    seoDescription: { [store.language]: '' },
    visibility: 'visible',
    createdAt: now,
    updatedAt: now,
  };
}

function seedProduct(
  platform: Platform,
  store: Store,
  good: (typeof goods)[number],
  categoryId: number,
): Product {
  const now = platform.clock.now();
  const text = (value: string): Localised => ({ [store.language]: value });
  const id = platform.nextId('product');
  const options: readonly (string | undefined)[] = good.options.length === 0 ? [undefined] : good.options;
  const image = {
    id: platform.nextId('image'),
    productId: id,
    position: 1,
    alt: [],
    createdAt: now,
    updatedAt: now,
  };
  return {
    id,
    name: text(good.name),
    description: text(`<p>${good.name}</p>`),
    handle: text(good.name.toLowerCase().replaceAll(' ', '-')),
    attributes: good.options.length === 0 ? [] : [text('Opción')],
    brand: null,
    published: true,
    visibility: 'visible',
    freeShipping: false,
    requiresShipping: true,
    videoUrl: null,
    seoTitle: text(good.name),
    seoDescription: text(''),
    tags: '',
    categoryIds: [categoryId],
    variants: options.map((option, index) => seedVariant(platform, store, id, good.cents, option, index)),
    images: [{ ...image, src: `https://images.example/${id}.png` }],
    createdAt: now,
    updatedAt: now,
  };
}

function seedVariant(
  platform: Platform,
  store: Store,
  productId: number,
  cents: number,
  option: string | undefined,
  index: number,
): Variant {
  const now = platform.clock.now();
  const id = platform.nextId('variant');
  const variant: Variant = {
    id,
    productId,
    imageId: null,
    position: index + 1,
    priceCents: cents,
    // A promotional price is what the buyer pays; the price is then struck through.
    promotionalCents: platform.random.chance(0.25) ? Math.round(cents * 0.9) : null,
    costCents: Math.round(cents / 2),
    weight: `${platform.random.int(1, 9) / 10}00`,
    width: '10.00',
    height: '10.00',
    depth: '10.00',
    sku: `SKU-${productId}-${index + 1}`,
    barcode: null,
    mpn: null,
    ageGroup: null,
    gender: null,
    values: option === undefined ? [] : [{ [store.language]: option }],
    levels: [],
    customFields: new Map(),
    createdAt: now,
    updatedAt: now,
  };
  for (const location of store.locations.values()) {
    setStock(variant, location.id, platform.random.int(200, 2000), now);
  }
  return variant;
}
