import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { type Merchant, stockOf } from '../../config/merchant.ts';
import { ERP_OUTPUTS, pascal } from '../../config/output-names.ts';
import { stockSchema } from '../../config/stock.ts';
import { OwnError } from '../../functions/runtime/describe-error.ts';
import type { Shop } from './shop.ts';
import { CLIENT } from './token.ts';

/** How many there are of each SKU that is told, and of how many SKUs of a platform. */
const UNITS = 24;
const SKUS = 1;
const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 30_000;

/** What a channel took of a number that the own system said. */
export interface StockPush {
  sku: string;
  platform: string;
  /** Where a store is a whole chain. */
  outletId?: string | undefined;
  /** What the own system said there is. */
  units: number;
  /** What buyers are shown: units, or whether the product is on sale. */
  shown: number | 'on' | 'off';
  /** Since the own system said it. */
  seconds: number;
}

/** The merchant as configured; where nobody counts its stock, the own system of this run does. */
export const withCountedStock = (merchant: Merchant): Merchant => ({
  ...merchant,
  stock: merchant.stock ?? stockSchema.parse({ owner: CLIENT }),
});

const products = z.object({
  items: z.array(
    z.object({
      platform: z.string(),
      storeId: z.string(),
      product: z
        .object({
          outletId: z.string().optional(),
          variants: z.array(z.object({ sku: z.string().optional() })),
        })
        .optional(),
    }),
  ),
  next: z.string().optional(),
});
const known = z.object({
  channels: z.array(
    z.object({
      platform: z.string(),
      outletId: z.string().optional(),
      product: z.string(),
      dueAt: z.string().optional(),
      shown: z
        .object({
          display: z.union([z.object({ units: z.number() }), z.object({ on: z.boolean() })]),
          unsure: z.literal(true).optional(),
        })
        .optional(),
    }),
  ),
});

/**
 * Says as the own system does, through the API, how many there are of a SKU of each platform that can be told, and waits until
 * the channels took it.
 *
 * @param onPush hears each channel that took it
 * @returns undefined where this run's own system counts no stock
 */
export async function pushStock(
  shop: Shop,
  {
    signal,
    onPush = () => {},
  }: { signal?: AbortSignal | undefined; onPush?: (push: StockPush) => void } = {},
): Promise<{ skus: number; told: StockPush[] } | undefined> {
  if (stockOf(shop.merchant)?.owner !== CLIENT) return undefined;
  // What the catalogues have is learnt when they are compared; a deployment does that every day.
  const platforms = new Set(
    shop.stores.filter(({ platform }) => platform.stock !== undefined).map(({ platform }) => platform.name),
  );
  await Promise.all(
    [...platforms].map((name) =>
      shop.cloud.invoke(`${pascal(name)}/Reconcile/Reconciler/Function`, { products: true }),
    ),
  );
  const skus = await skusOf(shop, platforms);
  // Of a platform without a catalogue there is nothing to tell, and the API takes no empty list.
  if (skus.length === 0) return { skus: 0, told: [] };
  const saidAt = performance.now();
  const asOf = new Date().toISOString();
  await ask(shop, 'stock', { items: skus.map((sku) => ({ sku, quantity: UNITS, asOf })) });
  const told: StockPush[] = [];
  const open = new Set(skus);
  while (open.size > 0 && signal?.aborted !== true && performance.now() - saidAt < PATIENCE_MS) {
    for (const sku of open) {
      const pushes = await pushesOf(shop, sku, (performance.now() - saidAt) / 1000);
      if (pushes === undefined) continue;
      open.delete(sku);
      told.push(...pushes);
      for (const push of pushes) onPush(push);
    }
    if (open.size > 0) await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return { skus: skus.length, told };
}

/** SKUs that one product of a catalogue has and no other: nobody is told of one that several have. */
async function skusOf(shop: Shop, platforms: ReadonlySet<string>): Promise<string[]> {
  /** By platform, and by SKU: the catalogues that have it, one for each product. */
  const found = new Map([...platforms].map((name) => [name, new Map<string, string[]>()]));
  let cursor: string | undefined;
  do {
    const path = `products?limit=100${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = products.parse(await ask(shop, path));
    for (const { platform, storeId, product } of page.items) {
      const skus = found.get(platform);
      for (const { sku } of product?.variants ?? [])
        if (sku !== undefined)
          skus?.set(sku, [...(skus.get(sku) ?? []), `${storeId}#${product?.outletId ?? ''}`]);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return [...found.values()].flatMap((skus) =>
    [...skus]
      .filter(([, catalogues]) => new Set(catalogues).size === catalogues.length)
      .slice(0, SKUS)
      .map(([sku]) => sku),
  );
}

/** What each channel took; undefined while one is still to be told. */
async function pushesOf(shop: Shop, sku: string, seconds: number): Promise<StockPush[] | undefined> {
  const { channels } = known.parse(await ask(shop, `stock?sku=${encodeURIComponent(sku)}`));
  const linked = channels.filter(({ product }) => product === 'linked');
  const pushes = linked.flatMap(({ platform, outletId, shown, dueAt }): StockPush[] => {
    if (shown === undefined || shown.unsure === true || dueAt !== undefined) return [];
    const { display } = shown;
    const text = 'units' in display ? display.units : display.on ? 'on' : 'off';
    return [{ sku, platform, outletId, units: UNITS, shown: text, seconds: Math.round(seconds * 10) / 10 }];
  });
  return linked.length > 0 && pushes.length === linked.length ? pushes : undefined;
}

/** @throws OwnError for any answer but a good one */
async function ask({ cloud, token }: Shop, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${cloud.outputs[ERP_OUTPUTS.api]}/v1/${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'PUT', body: JSON.stringify(body) }),
  });
  if (response.ok) return response.json();
  throw new OwnError(
    `The API answered ${response.status} to ${body === undefined ? 'GET' : 'PUT'} /v1/${path}.`,
  );
}
