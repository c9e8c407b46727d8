type Json = Record<string, unknown>;

export const PERSON = {
  name: 'Persona Inventada',
  email: 'persona@example.com',
  phone: '+540000111222',
  document: '30111222',
} as const;

/** An invented order in the shape of the detail call, with its fulfilment orders whole. */
export function sampleOrder(changes: Json = {}): Json {
  return {
    id: 2058709648,
    store_id: '5665778',
    number: 306,
    status: 'open',
    payment_status: 'paid',
    shipping_status: 'unpacked',
    currency: 'ARS',
    subtotal: '6000.00',
    discount: '600.00',
    discount_coupon: '0.00',
    discount_gateway: '600.00',
    total: '6900.50',
    gateway: 'mercadopago',
    payment_details: { method: 'credit_card', credit_card_company: null, installments: '1' },
    created_at: '2026-11-20T10:00:00+0000',
    updated_at: '2026-11-20T10:05:00+0000',
    completed_at: { date: '2026-11-20 10:00:01.000000', timezone_type: 3, timezone: 'UTC' },
    paid_at: '2026-11-20T10:04:00+0000',
    cancelled_at: null,
    closed_at: null,
    cancel_reason: null,
    contact_name: PERSON.name,
    contact_email: PERSON.email,
    contact_phone: PERSON.phone,
    contact_identification: PERSON.document,
    billing_document_type: 'dni',
    billing_name: PERSON.name,
    customer: { id: 105799009, name: PERSON.name, email: PERSON.email },
    note: 'timbre roto',
    owner_note: null,
    shipping_address: {
      address: 'Calle Inventada',
      number: '742',
      floor: '',
      city: 'Ciudad de Prueba',
      zipcode: '1000',
      country: 'AR',
      customs: { reference: 'portón verde', between_streets: null },
    },
    products: [
      {
        id: 3127510877,
        product_id: 111334785,
        variant_id: '426215948',
        name: 'Mesa de prueba',
        price: '3000.00',
        quantity: '2',
        sku: 'MESA-1',
        barcode: null,
      },
    ],
    fulfillments: [samplePart()],
    ...changes,
  };
}

export function samplePart(changes: Json = {}): Json {
  return {
    id: '01FHZXHK8PTP9FVK99Z66GXKKK',
    status: 'UNPACKED',
    assigned_location: { location_id: '01FHZXHK8PTP9FVK99Z66GXQTX' },
    shipping: {
      type: 'ship',
      carrier: { name: 'Correo Inventado', code: 'api' },
      consumer_cost: { value: 1500.5, currency: 'ARS' },
      max_delivery_date: '2026-11-25T10:20:19+00:00',
    },
    tracking_info: { url: 'https://tracking.example/1', code: 'T1' },
    fulfilled_at: null,
    updated_at: '2026-11-20T10:01:00.742Z',
    ...changes,
  };
}
