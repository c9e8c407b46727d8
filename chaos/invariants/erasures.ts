import { gunzipSync } from 'node:zlib';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { Attributes } from '../aws/expression.ts';
import type { Tables } from '../aws/tables.ts';
import { TABLE } from '../plan/merchant.ts';
import { type History, tells } from './history.ts';

/** Orders whose person asked to be erased, and was promised it. */
export interface Erasures {
  /** Our API took the request on. */
  promised(keys: readonly OrderKey[]): void;
  keys(): readonly OrderKey[];
  /** Keys of items that still tell who an erased buyer is. */
  remains(tables: Tables, history: History): string[];
}

export function createErasures(): Erasures {
  const erased = new Map<string, OrderKey>();
  return {
    promised(keys) {
      for (const key of keys) erased.set(orderPk(key), key);
    },
    keys: () => [...erased.values()],
    remains(tables, history) {
      if (erased.size === 0) return [];
      const words = wordsOf(erased, history);
      const found: string[] = [];
      for (const item of tables.all(TABLE.orders)) {
        if (erased.has(String(item.pk)) && holdsAny(textOf(item), words)) found.push(`${item.pk} ${item.sk}`);
      }
      for (const item of tables.all(TABLE.control))
        if (holdsAny(textOf(item), words)) found.push(`${item.pk} ${item.sk}`);
      return found;
    },
  };
}

/** What only the erased orders say of a person: a buyer of another order, or the shop itself, may be in the same street. */
function wordsOf(erased: ReadonlyMap<string, OrderKey>, history: History): string[] {
  const mine = new Set<string>();
  const open = [...erased.values()].flatMap((key) =>
    history.of(key).map(({ order: { personal: _, ...rest } }) => JSON.stringify(rest)),
  );
  for (const key of erased.values())
    for (const word of history.personalOf(key)) if (!open.some((text) => text.includes(word))) mine.add(word);
  for (const { store, orderId } of history.all()) {
    const key = { platform: store.platform.name, storeId: store.storeId, platformOrderId: orderId };
    if (!erased.has(orderPk(key))) for (const word of history.personalOf(key)) mine.delete(word);
  }
  return [...mine];
}

const holdsAny = (text: string, words: readonly string[]): boolean => words.some((word) => tells(text, word));

function textOf(item: Attributes): string {
  const { data, ...rest } = item;
  return JSON.stringify(rest) + (data instanceof Uint8Array ? bytesAsText(data) : '');
}

/** The chunks of a payload that is too large for one item cannot be opened one by one. */
function bytesAsText(data: Uint8Array): string {
  try {
    return gunzipSync(data).toString('utf8');
  } catch {
    return '';
  }
}
