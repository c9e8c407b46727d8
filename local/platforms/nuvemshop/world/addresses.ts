import type { Scene } from '../orders/change-order.ts';
import type { Address, Order } from '../orders/order.ts';

/** Where the parcels of an order go once its buyer has moved; to nobody else. */
export function movedFrom(scene: Scene, { contact, shippingAddress }: Order): Address {
  return randomAddress(
    scene,
    shippingAddress?.name ?? contact.name ?? '',
    shippingAddress?.phone ?? contact.phone,
  );
}

/** Another invented address in the shop's country. */
export function randomAddress(scene: Scene, name: string, phone: string | null): Address {
  const { random } = scene.platform;
  const brazil = scene.store.country === 'BR';
  return {
    name,
    address: brazil ? 'Rua de Teste' : 'Calle de Prueba',
    number: String(random.int(1, 4000)),
    floor: random.chance(0.3) ? `${random.int(1, 12)}B` : '',
    locality: 'Centro',
    city: brazil ? 'São Paulo' : 'Buenos Aires',
    province: brazil ? 'São Paulo' : 'Buenos Aires',
    country: scene.store.country,
    // No id of ours has eight digits from a 9 on, so whoever looks for persons among ids finds none by chance.
    zipcode: brazil ? `9${random.digits(7)}` : random.digits(4),
    phone,
  };
}
