import type { OrderKey } from '../functions/domain/order-row.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { keyOfPk, orderPk } from '../functions/storage/keys.ts';
import { OperatorError } from './outputs.ts';

/**
 * Reads how a person names an order: `PLATFORM:ID` where the merchant has one store at the platform, or the whole key of
 * its row, as logs have it.
 *
 * @throws OperatorError with an example.
 */
export function orderKeyOf(text: string, stores: readonly KnownStore[]): OrderKey {
  const [, platform, sign, rest = ''] = /^([a-z][a-z0-9-]*)([:#])(.+)$/s.exec(text) ?? [];
  const here = stores.filter((one) => one.platform === platform);
  const [store] = here;
  if (store === undefined) {
    const examples = [...new Set(stores.map((one) => `${one.platform}:ID`))].join(', ');
    throw new OperatorError(
      `"${text}" names no order. Write it as ${examples}, or as the whole key of its row.`,
    );
  }
  if (sign === '#') return wholeKey(text, store);
  if (here.length === 1) return { ...store, platformOrderId: rest };
  const keys = here.map((one) => orderPk({ ...one, platformOrderId: rest })).join(' or ');
  throw new OperatorError(`The merchant has several stores at ${platform}. Write the whole key: ${keys}.`);
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
