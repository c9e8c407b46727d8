/** A whole order as PedidosYa sends it, of invented data; top-level fields can be replaced, `undefined` leaves one out. */
export function orderJson(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const order = {
    order_id: '0b7c8f5e-1111-4222-8333-444455556666',
    external_order_id: '900100',
    order_code: 'abcd-1234-efgh',
    status: 'RECEIVED',
    order_type: 'DELIVERY',
    transport_type: 'LOGISTICS_DELIVERY',
    isPreorder: false,
    accepted_for: '2026-11-22T12:05:00.000Z',
    promised_for: '2026-11-22T13:00:00.000Z',
    comment: 'Timbre 2',
    client: {
      chain_id: '79d3a074-0f4c-44ac-892c-787fdfb04ba1',
      country_code: 'uy',
      store_id: 'nbet',
      external_partner_config_id: 'centro',
    },
    customer: {
      _id: 'c-1',
      first_name: 'Compradora',
      last_name: 'Ficticia',
      phone_number: '099000000',
      national_id: '12345678',
      delivery_address: {
        country: 'UY',
        city: 'Montevideo',
        street: 'Calle Inventada',
        number: '12',
        floor: '3',
        apartment: 'B',
        suburb: 'Centro',
        zipcode: '11000',
        instructions: 'Portón verde',
      },
    },
    items: [itemJson()],
    payment: {
      sub_total: 79.5,
      order_total: 120.5,
      delivery_fee: 40,
      service_fee: 1,
      discount: 0,
      total_taxes: 0,
      type: 'PAID',
    },
    sys: { created_at: '2026-11-22T12:00:00.000Z', updated_at: '2026-11-22T12:00:05.000Z' },
    ...changes,
  };
  return JSON.parse(JSON.stringify(order));
}

/** One item at 39.75, twice; fields can be replaced. */
export function itemJson(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    _id: 'item-1',
    sku: 'HSM-1',
    barcode: ['7730000000001'],
    name: 'Producto de prueba',
    status: 'NOT_PROCESSED',
    pricing: { pricing_type: 'UNIT', unit_price: 39.75, quantity: 2, total_price: 79.5, weight: 0 },
    ...changes,
  };
}
