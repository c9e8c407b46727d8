import type { OrderKey } from '../functions/domain/order-row.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { keyOfPk, orderPk } from '../functions/storage/keys.ts';
import { OperatorError } from './operator-error.ts';

/**
 * Reads how a person names an order: `PLATFORM:ID`, in the merchant's own store, or the whole key `PLATFORM#STORE#order#ID`
 * as logs and rows have it.
 *
 * @throws OperatorError with an example.
 */
export function orderKeyOf(text: string, stores: readonly KnownStore[]): OrderKey {
  const [, platform, separator, rest] = /^([a-z][a-z0-9-]*)([:#])(.+)$/s.exec(text) ?? [];
  const store = stores.find((one) => one.platform === platform);
  if (rest === undefined || store === undefined) {
    const examples = stores.map((one) => `${one.platform}:ID`).join(', ');
    throw new OperatorError(
      `"${text}" names no order. Write it as ${examples}, or as the whole key of its row.`,
    );
  }
  if (separator === ':') return { ...store, platformOrderId: rest };
  try {
    return keyOfPk(text);
  } catch {
    throw new OperatorError(
      `"${text}" is no whole key. It looks like ${orderPk({ ...store, platformOrderId: 'ID' })}.`,
    );
  }
}
