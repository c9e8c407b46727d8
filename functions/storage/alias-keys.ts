import type { Alias } from '../domain/alias.ts';
import type { OrderKey } from '../domain/order-row.ts';
import { type ItemKey, orderPk } from './keys.ts';

const ALIAS = 'alias';

/** Partitions of all aliases, as a pattern in which `*` stands for any text. */
export const ALIAS_PARTITIONS = `${ALIAS}#*`;

/** Partition of everything that is called by a text, as `aliasText` makes it. It may hold any character. */
export const aliasPk = (text: string): string => `${ALIAS}#${text}`;

/**
 * That an order is called so. Written by whoever follows the rows of the table; read by the operator. Deleted when the row says
 * something else; stays as long as the row says it.
 */
export const aliasKey = ({ kind, text }: Alias, order: OrderKey): ItemKey => ({
  pk: aliasPk(text),
  sk: `${kind}#${orderPk(order)}`,
});

/** What such a sort key says: as what, and the partition of the order. */
export function partsOfAliasSk(sk: string): { kind: string; pk: string } {
  const at = sk.indexOf('#');
  return { kind: sk.slice(0, at), pk: sk.slice(at + 1) };
}
