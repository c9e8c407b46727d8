import type { Display } from '../../../functions/domain/stock/display.ts';
import type { SkuHit } from '../../data/found-sku.ts';
import type { StockReason } from '../../data/stock.ts';
import { quoted } from '../quoted.ts';
import type { Speaker } from '../texts/speaker.ts';

/** Why a SKU waits for a person, as the page shows it. */
export interface StockCard {
  sku: string;
  /** The channel, or whatever else is meant. */
  where: string;
  text: string;
  /** Whether the channel can be told again. */
  offersTelling: boolean;
  /** What a person types, where only the terminal mends it. */
  command?: string;
}

/** What buyers see wrongly comes before what nobody can show. */
const ORDER: readonly StockReason['kind'][] = ['in-doubt', 'drift', 'refused', 'ambiguous', 'unlinked'];

/** In the order in which a person looks at them. @param titles of platforms, by their names */
export const stockCards = (
  reasons: readonly StockReason[],
  speaker: Speaker,
  { titles, merchant }: { titles: Readonly<Record<string, string>>; merchant: string },
): StockCard[] =>
  reasons
    .toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind))
    .map((reason) => ({
      sku: reason.sku,
      where: whereOf(reason, titles),
      text: textOf(reason, speaker),
      offersTelling: reason.kind === 'drift',
      ...(reason.kind === 'in-doubt'
        ? {
            command: `npx acopio --merchant ${merchant} stock settle ${quoted(reason.sku)} ${quoted(reason.line)} --made`,
          }
        : {}),
    }));

/** A SKU that was found. */
export interface SkuItem {
  sku: string;
  /** Store, product and variant of each product that has it. */
  products: string[];
  /** Shows its stock. */
  command: string;
}

export const skuItem = ({ sku, products }: SkuHit, merchant: string): SkuItem => ({
  sku,
  products: products.map(({ platform, storeId, outletId, productId, variantId }) => {
    const where = [platform, storeId, outletId].filter((one) => one !== undefined).join(':');
    return `${where} ${productId}/${variantId}`;
  }),
  command: `npx acopio --merchant ${merchant} stock show ${quoted(sku)}`,
});

const whereOf = ({ kind, where }: StockReason, titles: Readonly<Record<string, string>>): string =>
  kind === 'in-doubt' ? where : channelText(where, titles);

/** A channel as a person reads it. @param where `<platform>#<store>#<outlet>#<location>`, or the beginning of it */
export function channelText(where: string, titles: Readonly<Record<string, string>>): string {
  const [platform = '', ...rest] = where.split('#');
  return [titles[platform] ?? platform, ...rest].filter((part) => part !== '').join(' ');
}

function textOf(reason: StockReason, speaker: Speaker): string {
  const { say } = speaker;
  switch (reason.kind) {
    case 'refused':
      return reason.reason;
    case 'drift':
      return say(reason.toldAgain ? 'stock_driftAgain' : 'stock_drift', {
        seen: shown(reason.seen, speaker),
        wanted: shown(reason.wanted, speaker),
      });
    case 'unlinked':
      return say(`stock_${reason.why}`);
    case 'ambiguous':
      return say('stock_ambiguous', { products: reason.products.join(', ') });
    case 'in-doubt':
      return say('stock_in-doubt', { line: reason.line });
  }
}

function shown(display: Display | undefined, { say }: Speaker): string {
  if (display === undefined) return say('shown_unknown');
  if ('units' in display) return display.units === null ? say('shown_unlimited') : String(display.units);
  return say(display.on ? 'shown_on' : 'shown_off');
}
