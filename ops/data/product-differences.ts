import { formatMoney, readMoney } from '../../functions/domain/money.ts';
import type { Product, ProductVariant } from '../../functions/domain/product.ts';
import type { ErpVariant, WantedProduct } from '../../functions/domain/product-input.ts';

/** Something that the platform shows otherwise than the merchant's system wants it. */
export interface Difference {
  /** A JSON Pointer into what the merchant's system sent; empty where it did not send it. */
  readonly pointer: string;
  readonly wanted: string;
  readonly shown: string;
}

const NOT_THERE = 'not there';
const PRICES = ['price', 'promotionalPrice', 'cost'] as const;

/** What differs between a product as it is wanted and as it was mirrored last: of what a mirrored product shows. */
export function differencesOf(
  { product: wanted, pricesElsewhere }: WantedProduct,
  shown: Product,
): Difference[] {
  const named = nameDifference(wanted.name, shown.title);
  const there = new Map(shown.variants.map((one) => [one.sku, one]));
  const { currency } = wanted;
  const ofVariants = wanted.variants.flatMap((one, index) => {
    const pointer = `/variants/${index}`;
    const mirrored = there.get(one.sku.trim());
    if (mirrored === undefined) return [{ pointer, wanted: `variant ${one.sku}`, shown: NOT_THERE }];
    return pricesElsewhere || currency === undefined
      ? []
      : priceDifferences(pointer, one, mirrored, currency);
  });
  const skus = new Set(wanted.variants.map(({ sku }) => sku));
  const more = wanted.removeMissing
    ? shown.variants.filter(({ sku }) => sku === undefined || !skus.has(sku))
    : [];
  return [
    ...named,
    ...ofVariants,
    ...more.map(({ sku, platformVariantId }) => ({
      pointer: '',
      wanted: NOT_THERE,
      shown: `variant ${sku ?? platformVariantId}`,
    })),
  ];
}

/** One text was sent for all languages. */
function nameDifference(
  wanted: string | Readonly<Record<string, string>>,
  shown: Readonly<Record<string, string>> | undefined,
): Difference[] {
  if (shown === undefined) return [];
  if (typeof wanted === 'string') {
    const texts = Object.values(shown);
    return texts.includes(wanted) ? [] : [{ pointer: '/name', wanted, shown: texts[0] ?? NOT_THERE }];
  }
  return Object.entries(wanted).flatMap(([language, text]) =>
    (shown[language] ?? '') === text
      ? []
      : [{ pointer: `/name/${language}`, wanted: text, shown: shown[language] ?? NOT_THERE }],
  );
}

function priceDifferences(
  pointer: string,
  wanted: ErpVariant,
  shown: ProductVariant,
  currency: string,
): Difference[] {
  return PRICES.flatMap((field) => {
    const text = wanted[field];
    const there = shown[field];
    if (text === undefined || (text === null && there === undefined)) return [];
    const reading = text === null ? undefined : readMoney(text, currency);
    if (reading?.ok === true && there?.amount === reading.minor) return [];
    const amount = there === undefined ? NOT_THERE : formatMoney(there.amount, there.currency);
    return [{ pointer: `${pointer}/${field}`, wanted: text ?? NOT_THERE, shown: amount }];
  });
}
