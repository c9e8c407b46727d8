import * as z from 'zod';
import type { CatalogueTruth } from '../../local/platforms/simulator.ts';
import type { PlannedItem } from '../plan/catalogue-plan.ts';
import type { Report } from './violation.ts';

/** A product or customer in the end, as it was wanted and as its platform has it. */
export interface EndedItem {
  item: PlannedItem;
  /** What was wanted last. */
  body: object;
  /** Everything that was ever wanted of it. */
  bodies: readonly object[];
  edits: ReadonlySet<'changed' | 'removed'>;
  /** Whether its last command is done. */
  isDone: boolean;
  truth: CatalogueTruth;
}

const productBody = z.object({
  name: z.string(),
  description: z.string(),
  variants: z.array(z.object({ sku: z.string(), price: z.string() })),
  images: z.array(z.object({ alt: z.string() })),
  categories: z.array(z.object({ path: z.array(z.string()) })),
});
const customerBody = z.object({
  name: z.string(),
  email: z.string(),
  note: z.string(),
  invite: z.boolean().default(false),
});

type ShownProduct = ReturnType<CatalogueTruth['products']>[number];

/** Whether a product of the platform has the item's first SKU, which every body of it names; another product may have taken it. */
export const isShownAs = ({ id }: PlannedItem, { variants }: ShownProduct): boolean =>
  variants.some(({ sku }) => sku === `${id}-1`);

/** Customers of the platform with the item's e-mail address, which is the same in every body of it. */
export const customersShownAs = ({ puts: [first] }: PlannedItem, truth: CatalogueTruth) =>
  truth.customers().filter(({ email }) => email === customerBody.parse(first?.body).email);

/** Holds a product of the platform against what was wanted of it. */
export function checkProduct({ item, body, edits, isDone, truth }: EndedItem, report: Report): void {
  const wanted = productBody.parse(body);
  const found = truth.products().filter((product) => isShownAs(item, product));
  const [shown, ...others] = found;
  if (others.length > 0) report('put-twice', `${item.id} is ${found.length} products`);
  for (const picture of doubled(shown?.images ?? [])) report('put-twice', `${picture} is there twice`);
  if (!isDone || edits.has('removed')) return;
  const miss = (what: string) =>
    report('put-missing', `${item.id} is done, and its ${what} is not as wanted`);
  if (shown === undefined) {
    report('put-missing', `${item.id} is done, and not there`);
    return;
  }
  if (shown.name !== wanted.name) miss('name');
  if (!edits.has('changed') && shown.description !== wanted.description) miss('description');
  for (const { sku, price } of wanted.variants) {
    const variant = shown.variants.find((one) => one.sku === sku);
    if (variant?.priceCents !== Math.round(Number(price) * 100)) miss(`variant ${sku}`);
  }
  for (const { alt } of wanted.images) if (!shown.images.includes(alt)) miss(alt);
  const paths = shown.categories.map((id) => pathOf(truth, id).join(' > ')).sort();
  if (paths.join() !== wanted.categories.map(({ path }) => path.join(' > ')).join()) miss('category');
}

/** Holds a customer of the platform against what was wanted of it. */
export function checkCustomer({ item, body, bodies, isDone, truth }: EndedItem, report: Report): void {
  const wanted = customerBody.parse(body);
  const found = customersShownAs(item, truth);
  const [shown] = found;
  if (found.length > 1) report('put-twice', `${item.id} is ${found.length} customers`);
  const invited = found.reduce((sum, { invitations }) => sum + invitations, 0);
  const mayBe = bodies.some((one) => customerBody.parse(one).invite);
  if (invited > (mayBe ? 1 : 0)) report('invited-unasked', `${item.id} got ${invited} invitations`);
  if (!isDone) return;
  if (shown?.name !== wanted.name || shown.note !== wanted.note)
    report('put-missing', `${item.id} is done, and not as it was wanted`);
}

/** Nothing of a store is there twice. */
export function checkOnce(truth: CatalogueTruth, report: Report): void {
  const skus = truth
    .products()
    .flatMap(({ variants }) =>
      variants.flatMap(({ sku }) => (/^P-\d+-/.test(sku ?? '') ? [String(sku)] : [])),
    );
  for (const sku of doubled(skus)) report('sku-of-two', `${sku} is of two variants`);
  const made = truth.categories().map(({ id }) => pathOf(truth, id).join(' > '));
  for (const path of doubled(made)) report('put-twice', `the category ${path} is there twice`);
}

const doubled = (list: readonly string[]): string[] => [
  ...new Set(list.filter((one, index) => list.indexOf(one) !== index)),
];

/** Names from the top. */
function pathOf(truth: CatalogueTruth, id: string): string[] {
  const category = truth.categories().find((one) => one.id === id);
  if (category === undefined) return [];
  return [...(category.parent === undefined ? [] : pathOf(truth, category.parent)), category.name];
}
