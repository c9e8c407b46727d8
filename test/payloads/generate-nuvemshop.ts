import fc from 'fast-check';

type Json = Record<string, unknown>;

/** An order that a shop of the platform may have, and texts that must be somewhere in the row. */
export interface Generated {
  json: Json;
  /** Ids, codes and writings, each of its own. */
  says: string[];
}

/** A field as the platform writes one that is empty: absent, null, an empty text. */
const nothing = fc.constantFrom(undefined, null, '');
/** An empty object as PHP writes it. */
const noObject = fc.constantFrom(undefined, null, [] as unknown, {} as unknown);
const odd = fc.constantFrom('', ' 😀', ' 👩‍👩‍👧🇦🇷', ' ñandú 𝓐', ' "x" <b>', '\n', " O'x");
const cents = fc.oneof(fc.integer({ min: 0, max: 5_000_000 }), fc.constantFrom(0, 1, 99, 100));
const id = fc.oneof(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 2 ** 32, max: 2 ** 52 }));
/** An id in either type. */
const written = <T extends number>(value: fc.Arbitrary<T>) =>
  fc.tuple(value, fc.boolean()).map(([one, asText]): unknown => (asText ? String(one) : one));

const decimal = (minor: number) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
const amount = (minor: number, form: number): unknown =>
  [decimal(minor), Number(decimal(minor)), `${decimal(minor)}00`][form % 3];
const moment = fc
  .tuple(fc.integer({ min: 0, max: 40_000_000 }), fc.constantFrom('+0000', '-0300', '+00:00', 'Z'))
  .map(
    ([seconds, zone]) => `${new Date(1_790_000_000_000 + seconds * 1000).toISOString().slice(0, 19)}${zone}`,
  );

const line = fc.record({
  id,
  price: cents,
  form: fc.nat(2),
  quantity: fc.integer({ min: 0, max: 9 }),
  quantityAsText: fc.boolean(),
  product: fc.oneof(id, fc.constantFrom(null, 0, '0')),
  listed: fc.option(cents),
  weight: fc.constantFrom('0.000', '0.300', null, '', '12.5', 0.3),
  variants: fc.constantFrom([], ['Rojo', 'S'], [{ es: 'Azul' }], null, {}),
  properties: fc.integer({ min: 0, max: 2 }),
  propertyForm: fc.constantFrom('list', 'map', 'empty-map'),
  kit: fc.option(id),
  unclaimed: fc.constantFrom(0, 1, '2', null),
  freeShipping: fc.constantFrom(true, false, null),
});

const parcel = fc.record({
  status: fc.constantFrom(
    'UNPACKED',
    'PACKED',
    'DISPATCHED',
    'DELIVERED',
    'READY_FOR_PICKUP',
    'CANCELLED',
    'TELEPORTED',
  ),
  type: fc.constantFrom('ship', 'pickup', 'non-shippable'),
  cost: cents,
  merchant: fc.option(cents),
  tracking: fc.boolean(),
  recipient: fc.constantFrom('said', 'null', 'empty'),
  lineForm: fc.constantFrom('order_line_item_id', 'external_id', 'id', 'none'),
  oddity: fc.constantFrom(
    'none',
    'none',
    'carrier-text',
    'cost-null',
    'dates-odd',
    'quantity-odd',
    'history-odd',
    'url-object',
  ),
});

const drawn = fc.record({
  id: written(fc.integer({ min: 1, max: 2 ** 40 })),
  lines: fc.array(line, { minLength: 0, maxLength: 6 }),
  parcels: fc.array(parcel, { maxLength: 3 }),
  listing: fc.constantFrom('first', 'second', 'ids-beside', 'swapped', 'both', 'gaps', 'v1', 'empty'),
  status: fc.constantFrom('open', 'closed', 'cancelled', 'OPEN', 'on_hold'),
  payment: fc.constantFrom(
    'pending',
    'paid',
    'partially_paid',
    'partially_refunded',
    'refunded',
    'voided',
    'in_dispute',
    null,
  ),
  shipping: fc.constantFrom(
    'unpacked',
    'shipped',
    'delivered',
    'partially_fulfilled',
    'unshipped',
    'on_hold',
    null,
  ),
  currency: fc.constantFrom('ARS', 'BRL', 'MXN', 'COP', 'ars'),
  discount: cents,
  coupons: fc.integer({ min: 0, max: 2 }),
  paidForm: fc.nat(3),
  storefront: fc.constantFrom('store', 'meli', 'api', 'form', 'pos', 'mobile', null),
  company: fc.boolean(),
  person: fc.constantFrom('whole', 'fillers', 'null', 'empty'),
  customer: fc.oneof(noObject, fc.constant('said' as const)),
  address: fc.oneof(noObject, fc.constant('said' as const)),
  notes: fc.tuple(fc.boolean(), fc.boolean(), odd),
  fields: fc.constantFrom('absent', 'list', 'empty', 'null'),
  times: fc.tuple(moment, moment, fc.option(moment), fc.constantFrom('php', 'empty', 'text')),
  installments: fc.constantFrom(1, '6', 12, null, 0, ''),
  empties: nothing,
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

/** Orders with everything that the reference says of them, and each field in every form that samples and integrators met. */
export const nuvemshopOrders: fc.Arbitrary<Generated> = drawn.map(build);

function build(d: Drawn): Generated {
  const says: string[] = [];
  const say = (what: string): string => {
    const word = `${what}-${says.length}-zq`;
    says.push(word);
    return word;
  };
  const used = new Set<unknown>();
  const lines = d.lines.filter((one) => !used.has(one.id) && used.add(one.id));
  const products = lines.map((one): Json => {
    const texts = Array.from({ length: one.properties }, (_, n) => ({
      name: `campo ${n}`,
      value: say('grabado'),
    }));
    const map = Object.fromEntries(texts.map(({ name, value }) => [name, value]));
    return {
      id: one.id,
      product_id: one.product,
      variant_id: one.id + 1,
      name: say('producto'),
      price: amount(one.price, one.form),
      compare_at_price: one.listed === null ? null : decimal(one.listed),
      quantity: one.quantityAsText ? String(one.quantity) : one.quantity,
      sku: one.kit === null ? null : say('sku'),
      weight: one.weight,
      variant_values: one.variants,
      properties:
        texts.length === 0 && one.propertyForm === 'empty-map'
          ? {}
          : one.propertyForm === 'map'
            ? map
            : texts,
      free_shipping: one.freeShipping,
      ...(one.kit === null ? {} : { catalog_kit_id: one.kit, order_kit_id: 142 }),
      issues: one.unclaimed === null ? [] : { unclaimed_stock: one.unclaimed },
    };
  });
  const subtotal = lines.reduce((sum, one) => sum + one.price * one.quantity, 0);
  const discount = Math.min(d.discount, subtotal);
  const live = d.listing === 'v1' || d.listing === 'empty' ? [] : d.parcels;
  const shipping = live.reduce((sum, one) => sum + one.cost, 0);
  const objects = live.map(
    (one, index): Json => parcelJson(one, index, lines, d.currency.toUpperCase(), say),
  );
  const [noted, ownerNoted, writing] = d.notes;
  const [created, updated, paid, completed] = d.times;
  const json: Json = {
    id: d.id,
    store_id: '5665778',
    number: 501,
    status: d.status,
    payment_status: d.payment,
    shipping_status: d.shipping,
    currency: d.currency,
    subtotal: decimal(subtotal),
    discount: decimal(discount),
    discount_coupon: decimal(discount),
    discount_gateway: '0.00',
    total: decimal(subtotal - discount + shipping),
    coupon: Array.from({ length: d.coupons }, () => ({
      id: 5,
      code: say('CUPON'),
      type: 'absolute',
    })),
    ...([
      {},
      { total_paid_by_customer: '0.00' },
      { total_paid_by_customer: decimal(subtotal) },
      { total_paid_by_customer: '' },
    ][d.paidForm] as Json),
    products,
    gateway: say('gateway'),
    gateway_id: d.empties,
    payment_details: d.installments === 0 ? [] : { method: 'credit_card', installments: d.installments },
    storefront: d.storefront,
    app_id: null,
    created_at: created,
    updated_at: updated,
    paid_at: paid,
    completed_at:
      completed === 'php'
        ? { date: '2026-11-20 12:00:00.000000', timezone_type: 3, timezone: 'UTC' }
        : completed === 'empty'
          ? []
          : created,
    note: noted ? `${say('nota')}${writing}` : d.empties,
    owner_note: ownerNoted ? say('interna') : null,
    attributes: d.fields === 'empty' ? {} : [],
    extra: d.fields === 'list' ? { 'gift-wrap': say('papel') } : [],
    ...customFieldsOf(d.fields, say),
    ...personOf(d.person, d.empties, say),
    ...(d.company
      ? {
          billing_customer_type: 'company',
          billing_business_name: say('SRL'),
          billing_trade_name: say('marca'),
        }
      : {}),
    customer: d.customer === 'said' ? { id: 105_799_032, name: say('cliente') } : d.customer,
    shipping_address:
      d.address === 'said'
        ? { address: say('calle'), number: 7, name: say('destinataria'), customs: [] }
        : d.address,
    ...listsOf(d.listing, objects, say),
  };
  // The buyer's name stands in the order itself, where it is said; the customer's only stands in for it.
  const shown =
    d.customer === 'said' && d.person === 'whole' ? says.filter((word) => !word.startsWith('cliente')) : says;
  return { json, says: shown };
}

function personOf(kind: string, empty: unknown, say: (what: string) => string): Json {
  switch (kind) {
    case 'whole':
      return {
        contact_name: say('compradora'),
        contact_email: `${say('mail')}@example.com`,
        billing_name: null,
      };
    case 'fillers':
      return {
        contact_name: 'No informado',
        contact_email: 'email@noinformado.com',
        billing_zipcode: '0000',
      };
    case 'null':
      return { contact_name: null, contact_email: null, contact_phone: null };
    default:
      return { contact_name: empty, contact_email: empty };
  }
}

function customFieldsOf(kind: string, say: (what: string) => string): Json {
  if (kind === 'absent') return {};
  if (kind === 'null') return { custom_fields: null };
  if (kind === 'empty') return { custom_fields: [] };
  return {
    custom_fields: [
      { id: 'cf1', name: 'Entrega', value: say('fecha') },
      { id: 'cf2', name: 'x', value: null },
    ],
  };
}

function parcelJson(
  one: Drawn['parcels'][number],
  index: number,
  lines: Drawn['lines'],
  currency: string,
  say: (what: string) => string,
): Json {
  const { oddity } = one;
  const inside = lines.filter((_, at) => at % 2 === index % 2);
  const date = oddity === 'dates-odd' ? 'pronto' : '2026-11-24T10:20:19+00:00';
  return {
    id: say('01FO'),
    number: `501-${index + 1}`,
    status: one.status,
    assigned_location: index === 0 ? { location_id: say('01LOC') } : { id: say('01LOC') },
    shipping: {
      type: one.type,
      carrier: oddity === 'carrier-text' ? say('Correo') : { name: say('Correo'), code: 'api' },
      option: { name: say('opcion') },
      consumer_cost: oddity === 'cost-null' ? null : { value: one.cost / 100, currency },
      merchant_cost: one.merchant === null ? null : { value: decimal(one.merchant), currency },
      min_delivery_date: null,
      max_delivery_date: date,
      pickup_details:
        one.type === 'pickup' ? { name: say('sucursal'), address: { street: 'Av. B', number: 99 } } : null,
    },
    tracking_info: {
      code: one.tracking ? say('TR') : null,
      url: oddity === 'url-object' ? {} : null,
    },
    line_items:
      one.lineForm === 'none'
        ? []
        : inside.map(({ id: lineId, quantity }) => ({
            [one.lineForm]: lineId,
            quantity: oddity === 'quantity-odd' ? 'dos' : quantity,
          })),
    recipient: one.recipient === 'said' ? { name: say('recibe') } : one.recipient === 'null' ? null : [],
    destination:
      one.type === 'ship'
        ? { street: say('destino'), province: { name: 'B' }, country: { code: 'AR' } }
        : null,
    status_history: oddity === 'history-odd' ? [null, 7] : [],
    fulfilled_at: null,
    updated_at: '2026-11-20T12:00:00.742Z',
  };
}

function listsOf(listing: string, objects: readonly Json[], say: (what: string) => string): Json {
  const ids = objects.map(({ id: one }) => one);
  switch (listing) {
    case 'first':
      return { fulfillments: objects };
    case 'second':
      return { fulfillments: null, fulfillment_orders: objects };
    case 'ids-beside':
      return { fulfillments: ids, fulfillment_orders: objects };
    case 'swapped':
      return { fulfillments: objects, fulfillment_orders: ids };
    case 'both':
      return { fulfillments: objects, fulfillment_orders: [...objects].reverse() };
    case 'gaps':
      return { fulfillments: Object.fromEntries(objects.map((one, index) => [String(index * 2), one])) };
    case 'v1':
      return {
        shipping_pickup_type: 'ship',
        shipping_carrier_name: say('OCA'),
        shipping_tracking_number: say('TRV1'),
        shipping_option: say('estandar'),
      };
    default:
      return { fulfillments: [] };
  }
}
