import type { AttributeValue } from 'aws-lambda';
import type { CustomerRow } from '../../functions/domain/customer-row.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { customerRowKey } from '../../functions/storage/customer-keys.ts';
import { orderRowKey } from '../../functions/storage/keys.ts';

/** A value as the stream has it. */
function attribute(value: unknown): AttributeValue {
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attribute) };
  return { M: attributes(value as object) };
}
const attributes = (item: object): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));

/** A row as the stream of the table has it. */
export const imageOf = (row: OrderRow | CustomerRow): Record<string, AttributeValue> =>
  attributes({ ...('platformCustomerId' in row ? customerRowKey(row) : orderRowKey(row)), ...row });
