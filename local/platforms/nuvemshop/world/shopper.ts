import type { OrderDraft, Purchase } from '../orders/assemble-order.ts';
import type { Scene } from '../orders/change-order.ts';
import type { Customer } from '../resources/customer.ts';
import { emit } from '../webhooks/events.ts';
import { randomAddress } from './addresses.ts';
import { makeOdd } from './odd-orders.ts';

// Nobody is called like this, example.com belongs to nobody, and 5550 numbers ring nowhere.
const firstNames = ['Ana', 'Bruno', 'Carla', 'Diego', 'Elena', 'Facundo', 'Gilda', 'Hugo'] as const;
const lastNames = ['Ejemplo', 'Prueba', 'Ficticia', 'Demostración', 'Muestra', 'Inventado'] as const;

const gateways = [
  { gateway: 'mercadopago', gatewayName: 'Mercado Pago', paymentMethod: 'credit_card' },
  { gateway: 'offline', gatewayName: 'Transferencia Bancaria', paymentMethod: 'custom' },
  { gateway: 'mercadopago', gatewayName: 'Mercado Pago', paymentMethod: 'debit_card' },
] as const;

/** A random but realistic purchase by an invented buyer. */
export function randomDraft(scene: Scene): OrderDraft {
  const { random } = scene.platform;
  const buyer = randomBuyer(scene);
  const address = buyer.addresses[0];
  if (address === undefined) throw new Error('An invented buyer lacks an address.');
  const { id: _, createdAt: _created, updatedAt: _updated, ...postal } = address;
  const gateway = random.pick(gateways);
  const coupon = random.chance(0.15);
  const purchases = randomPurchases(scene);
  const sum = purchases.reduce(
    (total, purchase) => total + (purchase.variant.priceCents ?? 0) * purchase.quantity,
    0,
  );
  const draft: OrderDraft = {
    ...gateway,
    appId: null,
    storefront: random.chance(0.9) ? 'store' : 'meli',
    contact: {
      name: buyer.name,
      email: buyer.email,
      phone: buyer.phone,
      identification: buyer.identification,
    },
    customerId: buyer.id,
    billing: { ...postal, kind: 'person', documentType: scene.store.country === 'BR' ? 'cpf' : 'dni' },
    couponCodes: coupon ? ['PRUEBA10'] : [],
    couponCents: coupon ? Math.round(sum / 10) : 0,
    gatewayDiscountCents: gateway.gateway === 'offline' ? Math.round(sum / 20) : 0,
    installments: gateway.paymentMethod === 'credit_card' ? random.pick([1, 3, 6]) : 1,
    note: random.chance(0.2) ? 'Tocar timbre de prueba' : '',
    extra: {},
    shippingAddress: postal,
    purchases,
    parcels: randomParcels(scene, purchases.length),
    claimStock: true,
  };
  return scene.platform.options.oddOrders === true ? makeOdd(scene, draft) : draft;
}

// Every fourth buyer has bought here before.
function randomBuyer(scene: Scene): Customer {
  const { platform, store, now } = scene;
  const { random } = platform;
  // Whom an app made may have no address yet.
  const known = [...store.customers.values()].filter(({ addresses }) => addresses.length > 0);
  if (known.length > 0 && random.chance(0.25)) return random.pick(known);
  const name = `${random.pick(firstNames)} ${random.pick(lastNames)}`;
  const phone = `+${store.country === 'BR' ? '5511' : '5411'}5550${random.digits(4)}`;
  const customer: Customer = {
    id: platform.nextId('customer'),
    name,
    email: `buyer-${random.digits(6)}@example.com`,
    identification: `000${random.digits(5)}`,
    phone,
    note: null,
    addresses: [
      {
        ...randomAddress(scene, name, phone),
        id: platform.nextId('address'),
        createdAt: now,
        updatedAt: now,
      },
    ],
    extra: {},
    spentCents: 0,
    lastOrderId: null,
    createdAt: now,
    updatedAt: now,
  };
  store.customers.set(customer.id, customer);
  emit(platform, store, 'customer/created', { id: customer.id });
  return customer;
}

function randomPurchases(scene: Scene): Purchase[] {
  const { random } = scene.platform;
  const products = [...scene.store.products.values()].filter((product) => product.variants.length > 0);
  return Array.from({ length: random.int(1, 3) }, () => {
    const product = random.pick(products);
    return { product, variant: random.pick(product.variants), quantity: random.int(1, 3) };
  });
}

// A shop with several warehouses sends some orders in two parcels.
function randomParcels(scene: Scene, lines: number): OrderDraft['parcels'] {
  const { random } = scene.platform;
  const locations = [...scene.store.locations.values()].sort((a, b) => a.priority - b.priority);
  const split = lines > 1 && locations.length > 1 && random.chance(0.3);
  const pickup = !split && random.chance(0.15);
  // Who buys several things has them sent to a carrier's branch. Drawing it would change what every seed makes of the rest.
  const branch = pickup && lines > 1;
  return locations.slice(0, split ? 2 : 1).map((location) => ({
    locationId: location.id,
    type: pickup ? 'pickup' : 'ship',
    carrier: pickup && !branch ? 'Retiro en el local' : 'Correo de Prueba',
    carrierCode: pickup && !branch ? 'locale' : 'api',
    option: branch ? 'Envío a sucursal' : pickup ? 'Retiro' : 'Envío a domicilio',
    merchantCents: pickup ? 0 : 120_000,
    consumerCents: pickup ? 0 : 150_000,
  }));
}
