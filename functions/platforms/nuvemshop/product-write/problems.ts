import type { CommandProblem } from '../../../domain/command.ts';
import { imageKey, type WantedProduct } from '../../../domain/product-input.ts';
import type { ProductMemory } from '../../../domain/product-memory.ts';
import type { PlatformError } from '../../../http/errors.ts';
import { fieldPart, pricesOf, updateOf, variantFieldPart, variantUpdateOf } from './bodies.ts';
import type { ChangedVariant, ProductCall, ProductPart } from './step.ts';

/** What was refused, by part. */
export type Refused = Record<string, CommandProblem[]>;

/** Their names of fields, by ours. */
export const OUR_NAMES: Readonly<Record<string, string>> = {
  seo_title: 'seoTitle',
  seo_description: 'seoDescription',
  free_shipping: 'freeShipping',
  requires_shipping: 'requiresShipping',
  video_url: 'videoUrl',
  promotional_price: 'promotionalPrice',
  inventory_levels: 'stock',
  attributes: 'options',
};
const GROUP_OF: Readonly<Record<string, ProductPart>> = {
  name: 'texts',
  description: 'texts',
  handle: 'texts',
  seo_title: 'texts',
  seo_description: 'texts',
  attributes: 'options',
  categories: 'categories',
};

const pointerOf = (base: string, name: string): string =>
  name === ''
    ? base
    : `${base}/${name
        .split('.')
        .map((part) => OUR_NAMES[part] ?? part)
        .join('/')}`;

const saidBy = ({ said, detail, status }: PlatformError): string =>
  said ?? detail ?? `The platform answered ${status ?? 'nothing'}.`;

/** One problem for each field that the platform names, or one for all of what was sent. */
function problemsAt(error: PlatformError, base: string): CommandProblem[] {
  const code = 'platform-refused';
  if (error.fields.length === 0) return [{ pointer: base, code, detail: saidBy(error) }];
  return error.fields.map(({ name, said }) => ({ pointer: pointerOf(base, name), code, detail: said }));
}

/** What of the wanted product a refused call leaves undone, with pointers into what the merchant's system sent. */
export function refusedBy(
  call: ProductCall,
  wanted: WantedProduct,
  memory: ProductMemory,
  error: PlatformError,
): Refused {
  const { product } = wanted;
  const variantAt = (sku: string) => `/variants/${product.variants.findIndex((one) => one.sku === sku)}`;
  switch (call.kind) {
    case 'create':
    case 'update':
      return ofProduct(call, wanted, memory, error);
    case 'categories':
      return { categories: problemsAt(error, '/categories') };
    case 'add-variant':
      return { [`variant/${call.sku}`]: problemsAt(error, variantAt(call.sku)) };
    case 'change-variants':
      return Object.assign({}, ...call.variants.map((one) => ofVariant(one, wanted, memory, error)));
    case 'delete-variant':
      return { [`variant-deletion/${call.id}`]: problemsAt(error, '/removeMissing') };
    case 'delete-image':
      return { [`image-deletion/${call.id}`]: problemsAt(error, '/removeMissing') };
    case 'add-image': {
      const index = product.images?.findIndex((one) => imageKey(one) === call.image) ?? 0;
      return { [`image/${call.image}`]: problemsAt(error, `/images/${index}`) };
    }
    case 'set-fields':
      return { [`fields/${call.sku}`]: problemsAt(error, `${variantAt(call.sku)}/customFields`) };
    case 'define-field':
    case 'extend-field': {
      const index = product.variants.findIndex(({ customFields = [] }) =>
        customFields.some(({ name }) => name === call.name),
      );
      return { [`definition/${call.name}`]: problemsAt(error, `/variants/${index}/customFields`) };
    }
  }
}

/** The same of a variant: it is nothing without its SKU and its values, and of its prices none goes without the others. */
function ofVariant(
  { sku, parts }: ChangedVariant,
  { product: { variants } }: WantedProduct,
  memory: ProductMemory,
  error: PlatformError,
): Refused {
  const index = variants.findIndex((one) => one.sku === sku);
  const problems = problemsAt(error, `/variants/${index}`);
  const one = variants[index];
  const heads = error.fields.map(({ name }) => name.split('.')[0] ?? '');
  const sent = one === undefined ? {} : variantUpdateOf(one, parts, memory);
  const mayBeLeftOut = (head: string) => head in sent && head !== 'sku' && head !== 'values';
  if (one === undefined || heads.length === 0 || !heads.every(mayBeLeftOut))
    return { [`variant/${sku}`]: problems };
  const prices = Object.keys(pricesOf(one));
  const refused: Refused = {};
  for (const [at, head] of heads.entries()) {
    for (const name of prices.includes(head) ? prices : []) refused[variantFieldPart(sku, name)] ??= [];
    const part = variantFieldPart(sku, head);
    refused[part] = [...(refused[part] ?? []), ...problems.slice(at, at + 1)];
  }
  return refused;
}

/**
 * Of a call for the product itself only what the platform names is left out of the next one; all of it where it names nothing
 * that was in it: the same call again would end the same way.
 */
function ofProduct(
  call: Extract<ProductCall, { kind: 'create' | 'update' }>,
  wanted: WantedProduct,
  memory: ProductMemory,
  error: PlatformError,
): Refused {
  const { product } = wanted;
  const code = 'platform-refused';
  const refused: Refused = {};
  for (const { name, said } of error.fields) {
    const [head = '', ...below] = name.split('.');
    const parts =
      call.kind === 'create'
        ? [partOfCreation(call, wanted, memory, [head, ...below])]
        : call.groups.includes(groupOf(head))
          ? [partOf(wanted, memory, head)]
          : call.groups;
    for (const part of parts) {
      const pointer = part.startsWith('image/')
        ? pointerOf(
            `/images/${product.images?.findIndex((one) => `image/${imageKey(one)}` === part)}`,
            below.slice(1).join('.'),
          )
        : pointerOf('', name);
      refused[part] = [...(refused[part] ?? []), { pointer, code, detail: said }];
    }
  }
  if (Object.keys(refused).length > 0) return refused;
  const whole = problemsAt(error, '');
  return call.kind === 'create'
    ? { create: whole }
    : Object.fromEntries(call.groups.map((group) => [group, whole]));
}

const groupOf = (head: string): ProductPart => GROUP_OF[head] ?? 'flags';

/** What a field is of: it alone where others of its group are sent without it, and all of them where nobody sent it. */
function partOf(wanted: WantedProduct, memory: ProductMemory, head: string): string {
  const group = groupOf(head);
  const isOfMany = group === 'texts' || group === 'flags';
  return isOfMany && head in updateOf(wanted, [group], [], memory) ? fieldPart(group, head) : group;
}

/**
 * A product is made without what is refused of its images, categories or flags; without a name or its variants it is none, and
 * one that is to be hidden is not made where that is refused.
 */
function partOfCreation(
  call: Extract<ProductCall, { kind: 'create' }>,
  wanted: WantedProduct,
  memory: ProductMemory,
  [head = '', ...below]: readonly string[],
): string {
  const { images = [], published } = wanted.product;
  if (head === 'images') {
    const key = call.images[Number(below[0] ?? Number.NaN)];
    return key !== undefined && images.some((one) => imageKey(one) === key) ? `image/${key}` : 'create';
  }
  const group = head === 'variants' || head === 'name' ? undefined : groupOf(head);
  if (group === undefined || group === 'texts' || !call.groups.includes(group)) return 'create';
  const part = partOf(wanted, memory, head);
  const isShown = part === group || part === fieldPart(group, 'published');
  return group === 'flags' && published === false && isShown ? 'create' : part;
}
