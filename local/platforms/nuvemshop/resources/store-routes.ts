import { compactOffset } from '../formats.ts';
import type { ApiRoute, Store } from '../platform.ts';

/** The shop itself. */
export const storeRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/store',
    source: 'Reference, store page; `features` as observed by integrators',
    handle: (_request, { store }) => ({ status: 200, body: render(store) }),
  },
];

function render(store: Store): object {
  const currency = { currency: store.currency, active: true };
  return {
    id: store.id,
    name: { [store.language]: store.name },
    description: { [store.language]: '' },
    admin_language: store.language,
    main_language: store.language,
    languages: { [store.language]: currency },
    main_currency: store.currency,
    country: store.country,
    email: `owner-${store.id}@example.com`,
    contact_email: `contact-${store.id}@example.com`,
    original_domain: `store-${store.id}.shop.example`,
    domains: [`store-${store.id}.shop.example`],
    address: null,
    phone: null,
    business_id: null,
    business_name: null,
    business_address: null,
    blog: null,
    facebook: null,
    google_plus: null,
    instagram: null,
    pinterest: null,
    twitter: null,
    logo: null,
    type: null,
    customer_accounts: 'optional',
    current_theme: 'simulated',
    plan_name: store.plan === 'next' ? 'Evolución' : 'Básico',
    features: ['inventory-levels', 'fulfillment-orders'],
    created_at: compactOffset(store.createdAt),
  };
}
