import { itemName } from '../functions/domain/item-name.ts';
import type { OrderKey } from '../functions/domain/order-row.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { keyOfPk, orderPk } from '../functions/storage/keys.ts';
import { EXIT } from './exit.ts';
import { OperatorError } from './outputs.ts';

/**
 * What a person may mean by the name of an order, before anybody looks: the store or stores, and the id there.
 *
 * `whole`: it names one order and no other. Otherwise the text may as well be a number that the customer has.
 */
export interface Meant {
  keys: readonly OrderKey[];
  /** What is left without the platform. */
  text: string;
  whole: boolean;
  /** The platform is said. */
  named: boolean;
}

/**
 * Reads how a person names an order: as the API and the feed do (`PLATFORM:STORE:ID`), as logs do (the whole key of its row),
 * as `PLATFORM:ID`, or by its id alone.
 *
 * @throws OperatorError with an example.
 */
export function readOrderName(text: string, stores: readonly KnownStore[]): Meant {
  const [, platform, sign, rest = ''] = /^([a-z][a-z0-9-]*)([:#])(.+)$/s.exec(text) ?? [];
  const here = stores.filter((one) => one.platform === platform);
  const [store] = here;
  if (store === undefined) {
    if (text.trim() === '' || platform !== undefined) throw noName(text, stores);
    return {
      keys: stores.map((one) => ({ ...one, platformOrderId: text })),
      text,
      whole: false,
      named: false,
    };
  }
  if (sign === '#') return { keys: [wholeKey(text, store)], text, whole: true, named: true };
  for (const one of here) {
    const begin = itemName({ ...one, platformOrderId: '' });
    const platformOrderId = text.slice(begin.length);
    if (text.startsWith(begin) && platformOrderId !== '')
      return { keys: [{ ...one, platformOrderId }], text, whole: true, named: true };
  }
  return {
    keys: here.map((one) => ({ ...one, platformOrderId: rest })),
    text: rest,
    whole: false,
    named: true,
  };
}

function noName(text: string, stores: readonly KnownStore[]): OperatorError {
  const examples = [...new Set(stores.map((one) => `${one.platform}:ID`))].join(', ');
  return new OperatorError(
    `"${text}" names no order. Write it as ${examples}, as the API names it (PLATFORM:STORE:ID), or its number alone.`,
  );
}

/**
 * The key of an order that the name alone tells, whether it is in the table or not.
 *
 * @throws OperatorError where it tells none, or several.
 */
export function onlyKey({ keys, text, named }: Meant): OrderKey {
  const [key] = keys;
  if (key !== undefined && named && keys.length === 1) return key;
  throw new OperatorError(
    `No order "${text}" is in the table, and which store it would be of is not said. Write ${keys.map(itemName).join(' or ')}.`,
    EXIT.needsPerson,
  );
}

function wholeKey(text: string, store: KnownStore): OrderKey {
  try {
    const key = keyOfPk(text);
    if (key.platformOrderId !== '') return key;
  } catch {
    // Said below.
  }
  const example = orderPk({ ...store, platformOrderId: 'ID' });
  throw new OperatorError(`"${text}" is no whole key. It looks like ${example}.`);
}

/** How a person names every store, where a command takes it: what no store is called. */
export const ALL_STORES = 'all';

/**
 * Reads how a person names a store: `PLATFORM:STORE_ID`, or with the `#` of keys.
 *
 * @throws OperatorError with the stores that can be meant.
 */
export function storeNamed(text: string, stores: readonly KnownStore[]): KnownStore {
  const found = stores.find(
    ({ platform, storeId }) => text === `${platform}:${storeId}` || text === `${platform}#${storeId}`,
  );
  if (found !== undefined) return found;
  const known = stores.map(({ platform, storeId }) => `${platform}:${storeId}`).join(', ');
  throw new OperatorError(`"${text}" names no store that could be meant. Write it as ${known || 'none'}.`);
}
