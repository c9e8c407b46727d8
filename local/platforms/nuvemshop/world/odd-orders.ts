import type { CustomField } from '../catalogue/catalogue.ts';
import type { OrderDraft, Purchase } from '../orders/assemble-order.ts';
import type { Scene } from '../orders/change-order.ts';
import type { Kit } from '../orders/order.ts';
import { randomAddress } from './addresses.ts';

/** What people write, and what breaks readers: skin tones, flags, joiners, letters beyond 16 bits, half an emoji. */
const WRITINGS = [
  'Feliz cumpleaños 🎂 de parte de 👩‍👩‍👧',
  'Espero que se entienda 🤞🏼 🇦🇷 ñandú 𝓐',
  'Entregar entre las 10 y las 12; "timbre" <b>roto</b>',
  'feliz \ud83d',
  'línea uno\nlínea dos\t\u200f\u0000fin',
] as const;
const RECIPIENTS = ['Ivana Receptora', 'José Ñandú 😀', "Julián O'Prueba", 'Ximena Destinataria'] as const;
const ENGRAVINGS = ['Matías', 'Isabel ♥', '17/04', 'Ñ'] as const;
/** Lines of the largest orders. */
const MOST_LINES = 120;

/** Makes a purchase what real shops have beside plain ones. Each oddity is drawn by itself, so that they also meet. */
export function makeOdd(scene: Scene, plain: OrderDraft): OrderDraft {
  const { random } = scene.platform;
  const purchases = oddPurchases(scene, plain.purchases);
  const draft: OrderDraft = {
    ...plain,
    purchases,
    storefront: random.chance(0.8) ? plain.storefront : random.pick(['form', 'api', 'meli'] as const),
    note: random.chance(0.15) ? random.pick(WRITINGS) : plain.note,
    extra: random.chance(0.1) ? { 'gift-wrap': 'deluxe' } : {},
    listing: random.chance(0.7) ? 'first' : random.pick(['second', 'ids-beside', 'swapped'] as const),
    parcelsAfterMs: random.chance(0.12) ? random.int(500, 6000) : 0,
    interest: plain.installments > 1 ? 0.07 * plain.installments : 0,
    customFields: random.chance(0.2) ? new Map([[deliveryDateOf(scene).id, '2026-12-02']]) : new Map(),
  };
  if (random.chance(0.15)) draft.billing = companyOf(scene, draft.billing);
  return wayOf(scene, draft);
}

/** Where it goes: to somebody else, nowhere, over the counter, or to whoever fetches it. */
function wayOf(scene: Scene, draft: OrderDraft): OrderDraft {
  const { random } = scene.platform;
  const [first] = draft.parcels;
  if (first === undefined) return draft;
  if (first.type === 'pickup') return { ...draft, shippingAddress: null };
  const free = { ...first, merchantCents: 0, consumerCents: 0, type: 'non-shippable' as const };
  if (random.chance(0.08)) {
    const digital = { ...free, carrier: 'Descarga', option: 'Descarga' };
    return { ...draft, shippingAddress: null, parcels: [digital] };
  }
  if (random.chance(0.05)) {
    const counter = { ...free, carrier: 'Mostrador', option: 'Mostrador' };
    const sale = { storefront: 'pos' as const, customerId: null, shippingAddress: null, parcels: [counter] };
    // What goes over the counter is there at once.
    return { ...draft, ...sale, parcelsAfterMs: 0 };
  }
  if (!random.chance(0.2)) return draft;
  const phone = `${draft.contact.phone?.slice(0, -4) ?? '+54115550'}${random.digits(4)}`;
  return { ...draft, shippingAddress: randomAddress(scene, random.pick(RECIPIENTS), phone) };
}

function companyOf(scene: Scene, billing: OrderDraft['billing']): OrderDraft['billing'] {
  const { random } = scene.platform;
  const brazil = scene.store.country === 'BR';
  return {
    ...billing,
    kind: 'company',
    documentType: brazil ? 'cnpj' : 'cuit',
    company: {
      businessName: brazil ? 'Empresa Inventada LTDA' : 'Empresa Inventada SRL',
      tradeName: 'La Inventada',
      stateRegistration: random.digits(12),
    },
  };
}

function oddPurchases(scene: Scene, plain: readonly Purchase[]): Purchase[] {
  const { random } = scene.platform;
  if (random.chance(0.03)) return manyOf(scene, plain);
  const engraved = plain.map((purchase) =>
    random.chance(0.12)
      ? { ...purchase, properties: [{ name: 'Grabado', value: random.pick(ENGRAVINGS) }] }
      : purchase,
  );
  const [first, ...others] = engraved;
  if (first === undefined || !random.chance(0.15)) return engraved;
  if (random.chance(0.5))
    return [first, { ...first, properties: [{ name: 'Grabado', value: 'otro' }] }, ...others];
  const kit = kitOf(scene);
  return [{ ...first, kit }, { ...first, quantity: 1, kit }, ...others];
}

function manyOf(scene: Scene, plain: readonly Purchase[]): Purchase[] {
  const { random } = scene.platform;
  const count = random.int(MOST_LINES / 2, MOST_LINES);
  return Array.from({ length: count }, () => ({ ...random.pick(plain), quantity: 1 }));
}

function kitOf({ platform }: Scene): Kit {
  return {
    catalogId: platform.nextId('product'),
    orderKitId: platform.random.int(100, 999),
    name: 'Kit de prueba',
    priceCents: 20_000,
  };
}

/** The field in which the shop keeps when an order is wanted. */
function deliveryDateOf({ platform, store, now }: Scene): CustomField {
  const known = [...store.customFields.values()].find(({ owner, ours }) => owner === 'order' && !ours);
  const field: CustomField = known ?? {
    id: platform.random.uuid(),
    owner: 'order',
    ours: false,
    name: 'Data da Entrega',
    description: '',
    valueType: 'date',
    readOnly: false,
    values: [],
    createdAt: now,
    updatedAt: now,
  };
  store.customFields.set(field.id, field);
  return field;
}
