/** Bytes of a text in UTF-8. */
export const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** A record of invented data; fields of `order` can be added or replaced. */
export function recordOf(order: Record<string, unknown>): Record<string, unknown> {
  return {
    order: { total: 25000, ...order },
    products: [{ code: 'FIL-1', name: 'Filtro de aceite', quantity: 2, unit_price: 12500 }],
    buyer: {
      name: 'Comprador Ficticio',
      email: 'comprador@example.com',
      mobile: '3000000000',
      address: 'Calle 1 # 2-3',
      city: 'Bogot\u00e1',
    },
  };
}

/** The bytes of a page that holds these records, objects or JSON texts. */
export function pageOf(
  records: readonly (object | string)[],
  metadata: Record<string, unknown> = {},
): Uint8Array {
  const numbers = {
    total_transactions_found: records.length,
    returned_transactions: records.length,
    pending_transactions: 0,
    ...metadata,
  };
  const data = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
  return bytesOf(`{"data":[${data.join(',')}],"metadata":${JSON.stringify(numbers)}}`);
}
