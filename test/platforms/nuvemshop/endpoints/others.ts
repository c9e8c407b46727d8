import { drain, type Endpoint, id } from './endpoint.ts';

const HOOK = 'https://acopio.example/hook';

const definitions = '/products/variants/custom-fields';
const FIELD = { name: 'Estado', value_type: 'text_list', values: ['Listo'] } as const;
export const others: Endpoint[] = [
  {
    name: 'customFields.list',
    method: 'GET',
    route: definitions,
    nature: 'read',
    run: (c) => c.customFields.list(),
  },
  {
    name: 'customFields.create',
    method: 'POST',
    route: definitions,
    nature: 'add',
    run: (c) => c.customFields.create({ ...FIELD, values: ['Listo'] }),
  },
  {
    name: 'customFields.update',
    method: 'PUT',
    route: `${definitions}/{field_id}`,
    nature: 'state',
    run: async (c) => {
      const field = await c.customFields.create({ ...FIELD, values: ['Listo'] });
      return c.customFields.update(field.id, { values: ['Listo', 'Enviado'] });
    },
  },
  {
    name: 'customFields.setValues',
    method: 'PUT',
    route: '/products/variants/{variant_id}/custom-fields/values',
    nature: 'state',
    run: async (c, s) => {
      const field = await c.customFields.create({ ...FIELD, values: ['Listo'] });
      return c.customFields.setValues(id(s.variant.id), [{ id: field.id, value: 'Listo' }]);
    },
  },
  {
    name: 'customers.list',
    method: 'GET',
    route: '/customers',
    nature: 'read',
    run: (c) => drain(c.customers.list({ q: 'nadie@example.com' })),
  },
  {
    name: 'customers.create',
    method: 'POST',
    route: '/customers',
    nature: 'add',
    run: (c) =>
      c.customers.create({ name: 'Nadie Real', email: 'nadie@example.com', send_email_invite: false }),
  },
  ...(['get', 'update'] as const).map(
    (action): Endpoint => ({
      name: `customers.${action}`,
      method: ({ get: 'GET', update: 'PUT' } as const)[action],
      route: '/customers/{id}',
      nature: ({ get: 'read', update: 'state' } as const)[action],
      run: async (c) => {
        const made = await c.customers.create({
          name: 'Otra',
          email: 'otra@example.com',
          send_email_invite: false,
        });
        return action === 'update' ? c.customers.update(made.id, { note: 'nota' }) : c.customers.get(made.id);
      },
    }),
  ),
  {
    name: 'catalogue.get',
    method: 'GET',
    route: '/products/{id}',
    nature: 'read',
    run: (c, s) => c.catalogue.get(String(s.product.id)),
  },
  {
    name: 'catalogue.listWithin',
    method: 'GET',
    route: '/products',
    nature: 'read',
    async run(c) {
      const window = { by: 'created_at', from: new Date(0), to: new Date('2030-01-01') } as const;
      const found: unknown[] = [];
      for await (const page of c.catalogue.listWithin(window)) found.push(...page);
      return found;
    },
  },
  {
    name: 'customerReads.get',
    method: 'GET',
    route: '/customers/{id}',
    nature: 'read',
    async run(c) {
      const made = await c.customers.create({
        name: 'Nadie Real',
        email: 'nadie@example.com',
        send_email_invite: false,
      });
      return c.customerReads.get(made.id);
    },
  },
  {
    name: 'customerReads.listWithin',
    method: 'GET',
    route: '/customers',
    nature: 'read',
    async run(c) {
      const window = { by: 'created_at', from: new Date(0), to: new Date('2030-01-01') } as const;
      const found: unknown[] = [];
      for await (const page of c.customerReads.listWithin(window)) found.push(...page);
      return found;
    },
  },
  {
    name: 'catalogue.currency',
    method: 'GET',
    route: '/store',
    nature: 'read',
    run: (c) => c.catalogue.currency(),
  },
  {
    name: 'catalogue.mainLanguage',
    method: 'GET',
    route: '/store',
    nature: 'read',
    run: (c) => c.catalogue.mainLanguage(),
  },
  { name: 'store.get', method: 'GET', route: '/store', nature: 'read', run: (c) => c.store.get() },
  {
    name: 'webhooks.compare',
    method: 'GET',
    route: '/webhooks',
    nature: 'read',
    run: (c) => c.webhooks.compare(HOOK, ['order/created']),
  },
  {
    name: 'webhooks.subscribe',
    method: 'POST',
    route: '/webhooks',
    nature: 'add',
    run: (c) => c.webhooks.subscribe(HOOK, ['order/created']),
  },
  {
    name: 'webhooks.subscribe',
    method: 'DELETE',
    route: '/webhooks/{id}',
    nature: 'remove',
    async run(c) {
      await c.webhooks.subscribe(HOOK, ['order/created']);
      return c.webhooks.subscribe(HOOK, []);
    },
  },
];
