import { customerWriteOf } from '../../functions/platforms/customer-write.ts';
import { productWriteOf } from '../../functions/platforms/product-write.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { drawFaultNear } from './command-plan.ts';
import { MINUTE, SECOND } from './drawing.ts';
import type { PlannedFault } from './fault-kinds.ts';
import { STORES } from './merchant.ts';

/** A product or a customer that the merchant's own system writes. */
export interface PlannedItem {
  kind: 'product' | 'customer';
  /** The store's name. */
  store: string;
  /** The merchant's own id of it. */
  id: string;
  /** What it is to be, one after the other: each is sent until it is answered, and then the next. */
  puts: readonly { at: number; body: object }[];
  /** What a shopkeeper does to it in the panel; ms after the world's start. */
  edits: readonly { at: number; does: 'changed' | 'removed' }[];
}

/** Stores that take what is written, by their names. */
const TAKING = STORES.filter(
  ({ platform, store }) =>
    !('refused' in productWriteOf(platform, store)) && !('refused' in customerWriteOf(platform, store)),
).map(({ name }) => name);

/** Worlds that write products and customers: the others leave the time to orders. */
const SHARE = 0.2;
const PATHS = [['Clothes'], ['Clothes', 'Shirts'], ['Clothes', 'Shirts', 'Summer'], ['Sale']];

/** What the merchant's own system says of its products and customers; nothing in most worlds. */
export function drawCatalogue(random: SeededRandom, length: number): PlannedItem[] {
  if (TAKING.length === 0 || !random.chance(SHARE)) return [];
  const store = random.pick(TAKING);
  const count = random.int(2, 4);
  // Several begin at once, and want the same new categories.
  const begin = random.next() * length * 0.6;
  const products = Array.from({ length: count }, (_, nth): PlannedItem => {
    const own = random.fork(`product-${nth}`);
    const at = begin + own.next() * own.pick([SECOND, 10 * SECOND, 60 * MINUTE]);
    const id = `P-${nth}`;
    const puts = moments(own, at, length, productsOf(own, id, nth));
    return { kind: 'product', store, id, puts, edits: editsOf(own, puts, length) };
  });
  const customers = Array.from({ length: random.int(1, 3) }, (_, nth): PlannedItem => {
    const own = random.fork(`customer-${nth}`);
    const puts = moments(own, begin + own.next() * 60 * MINUTE, length, customersOf(own, `C-${nth}`));
    return { kind: 'customer', store, id: `C-${nth}`, puts, edits: [] };
  });
  return [...products, ...customers];
}

/** What goes wrong meanwhile; nothing in one of five of these worlds. */
export function drawCatalogueFaults(
  random: SeededRandom,
  length: number,
  items: readonly PlannedItem[],
): PlannedFault[] {
  if (items.length === 0 || random.chance(0.2)) return [];
  return Array.from({ length: random.int(2, 5) }, () => {
    const { store: name, puts } = random.pick(items);
    const store = STORES.find((one) => one.name === name);
    if (store === undefined) throw new Error(`the simulated merchant has no store ${name}`);
    return drawFaultNear(random, store, random.pick(puts).at, length);
  });
}

function moments(random: SeededRandom, first: number, length: number, bodies: readonly object[]) {
  let at = first;
  return bodies.map((body) => {
    const put = { at: Math.floor(Math.min(length - 1, at)), body };
    at += random.next() * random.pick([2 * SECOND, MINUTE, 60 * MINUTE]);
    return put;
  });
}

function editsOf(random: SeededRandom, puts: PlannedItem['puts'], length: number): PlannedItem['edits'] {
  if (!random.chance(0.25)) return [];
  const at = Math.min(length - 1, random.pick(puts).at + Math.floor(random.next() * 30 * MINUTE));
  return [{ at, does: random.chance(0.6) ? 'changed' : 'removed' }];
}

/** Each body after the first is another one, the same again, or an earlier one. */
function sequence(random: SeededRandom, make: (version: number) => object): object[] {
  const bodies = [make(0)];
  for (let version = 1; version < random.int(2, 4); version += 1)
    bodies.push(random.chance(0.65) ? make(version) : random.pick(bodies));
  return bodies;
}

function productsOf(random: SeededRandom, id: string, nth: number): object[] {
  let sizes = random.int(1, 2);
  let pictures = random.int(0, 2);
  // Now and then one of another product.
  const stolen = nth > 0 && random.chance(0.15) ? 'P-0-1' : undefined;
  return sequence(random, (version) => {
    if (version > 0 && random.chance(0.5)) sizes += 1;
    if (version > 0 && random.chance(0.5)) pictures += 1;
    const skus = Array.from({ length: sizes }, (_, size) => `${id}-${size + 1}`);
    return {
      name: `Product ${id} ${version}`,
      description: `What ${id} is, ${version}`,
      options: ['Size'],
      variants: [...skus, ...(stolen === undefined ? [] : [stolen])].map((sku, size) => ({
        sku,
        values: [`S${size + 1}`],
        price: `${10 + version}.50`,
      })),
      currency: 'ARS',
      images: Array.from({ length: pictures }, (_, image) => ({
        src: `https://images.invalid/${image + 1}.jpg`,
        alt: `${id} picture ${image + 1}`,
      })),
      categories: [{ path: random.pick(PATHS) }],
    };
  });
}

function customersOf(random: SeededRandom, id: string): object[] {
  const invite = random.chance(0.3);
  return sequence(random, (version) => ({
    name: `Wanted Buyer ${id} ${version}`,
    email: `wanted-${id.toLowerCase()}@customers.invalid`,
    note: `wanted note of ${id}, ${version}`,
    ...(invite ? { invite } : {}),
  }));
}
