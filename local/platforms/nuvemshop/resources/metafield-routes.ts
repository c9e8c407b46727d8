import * as z from 'zod';
import type { SimRequest } from '../../simulator.ts';
import { covers } from '../access/scopes.ts';
import { idLike, nullableText, readBody } from '../bodies.ts';
import { fail, invalid, notFound } from '../errors.ts';
import { compactOffset, spaced } from '../formats.ts';
import { dateRange, onlyParameters, page, pagingParameters, positive } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { recordInvoices } from './invoice-list.ts';
import { type Metafield, type MetafieldOwner, metafieldOwners } from './metafield.ts';

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must start with a letter and hold letters, digits and _');
const creation = z.strictObject({
  namespace: name,
  key: name,
  value: z.string('must be a string'),
  description: nullableText.optional(),
  owner_resource: z.enum(Object.values(metafieldOwners), 'is not a valid owner'),
  owner_id: idLike,
});
const update = z.strictObject({
  value: z.string('must be a string').optional(),
  description: nullableText.optional(),
});

const scopes: Readonly<Record<MetafieldOwner, string>> = {
  Product: 'products',
  Product_Variant: 'products',
  Category: 'products',
  Page: 'content',
  Order: 'orders',
  Customer: 'customers',
};

/** Metafields (reference, metafields page). Invoices are the one with namespace `nfe` and key `list` of an order. */
export const metafieldRoutes: readonly ApiRoute[] = [
  ...Object.entries(metafieldOwners).map(
    ([path, owner]): ApiRoute => ({
      method: 'GET',
      path: `/metafields/${path}`,
      scope: `read_${scopes[owner]}`,
      source: 'Reference, metafields page; order page, create an invoice (read what is there)',
      handle: (request, call) => list(request, call, owner),
    }),
  ),
  {
    method: 'GET',
    path: '/metafields/{id}',
    source: 'Reference, metafields page',
    handle: (request, call) => ({ status: 200, body: renderWritten(find(request, call, 'read')) }),
  },
  {
    method: 'POST',
    path: '/metafields',
    source: 'Guide, create an invoice (access_key and url do not exist); reference, metafields page',
    handle(request, call) {
      const body = readBody(request, creation);
      requireScope(call, body.owner_resource, 'write');
      requireOwner(call, body.owner_resource, body.owner_id);
      const existing = [...call.store.metafields.values()].some(
        (other) =>
          other.ownerResource === body.owner_resource &&
          other.ownerId === body.owner_id &&
          other.namespace === body.namespace &&
          other.key === body.key,
      );
      if (existing) throw invalid({ key: ['has already been taken'] });
      const metafield: Metafield = {
        id: call.platform.nextId('metafield'),
        namespace: body.namespace,
        key: body.key,
        value: body.value,
        description: body.description ?? null,
        ownerResource: body.owner_resource,
        ownerId: body.owner_id,
        createdAt: call.now,
        updatedAt: call.now,
      };
      call.store.metafields.set(metafield.id, metafield);
      recordInvoices(call, metafield, '');
      return { status: 201, body: renderWritten(metafield) };
    },
  },
  {
    method: 'PUT',
    path: '/metafields/{id}',
    source: 'Reference, metafields page; order page, create an invoice (append to what is there)',
    handle(request, call) {
      const metafield = find(request, call, 'write');
      const body = readBody(request, update);
      const before = metafield.value;
      if (body.value !== undefined) metafield.value = body.value;
      recordInvoices(call, metafield, before);
      if (body.description !== undefined) metafield.description = body.description;
      metafield.updatedAt = call.now;
      return { status: 200, body: renderWritten(metafield) };
    },
  },
  {
    method: 'DELETE',
    path: '/metafields/{id}',
    source: 'Reference, metafields page',
    handle(request, call) {
      call.store.metafields.delete(find(request, call, 'write').id);
      return { status: 200, body: {} };
    },
  },
];

function list(request: SimRequest, call: ApiCall, owner: MetafieldOwner) {
  onlyParameters(request, [
    ...pagingParameters,
    'since_id',
    'owner_id',
    'namespace',
    'key',
    'created_at_min',
    'created_at_max',
    'updated_at_min',
    'updated_at_max',
  ]);
  const { query } = request;
  const sinceId = positive(request, 'since_id') ?? 0;
  const created = dateRange(request, 'created_at');
  const updated = dateRange(request, 'updated_at');
  const equals = (parameter: string, value: string) => (query.get(parameter) ?? value) === value;
  const found = [...call.store.metafields.values()].filter(
    (metafield) =>
      metafield.ownerResource === owner &&
      metafield.id > sinceId &&
      equals('owner_id', String(metafield.ownerId)) &&
      equals('namespace', metafield.namespace) &&
      equals('key', metafield.key) &&
      created(metafield.createdAt) &&
      updated(metafield.updatedAt),
  );
  return page(request, found, renderListed);
}

function find(request: SimRequest, call: ApiCall, verb: 'read' | 'write'): Metafield {
  const metafield = call.store.metafields.get(Number(request.params.id));
  if (metafield === undefined) throw notFound('Metafield not found');
  requireScope(call, metafield.ownerResource, verb);
  return metafield;
}

// Which scope it takes depends on the owner, which only the body or the stored field tells.
function requireScope(call: ApiCall, owner: MetafieldOwner, verb: 'read' | 'write'): void {
  const scope = `${verb}_${scopes[owner]}`;
  if (!covers(call.store.scopes, scope)) throw fail(403, `Missing a required scope: ${scope}`);
}

function requireOwner({ store }: ApiCall, owner: MetafieldOwner, id: number): void {
  const products = [...store.products.values()];
  const exists = {
    Product: () => store.products.has(id),
    Product_Variant: () => products.some((product) => product.variants.some((variant) => variant.id === id)),
    Category: () => store.categories.has(id),
    Order: () => store.orders.has(id),
    Customer: () => store.customers.has(id),
    // Pages are not simulated.
    Page: () => false,
  }[owner];
  if (!exists()) throw notFound(`${owner} ${id} not found`);
}

// Lists print dates with an offset, single metafields without one and with `deleted_at`.
function renderListed(metafield: Metafield): object {
  return {
    ...common(metafield),
    created_at: compactOffset(metafield.createdAt),
    updated_at: compactOffset(metafield.updatedAt),
  };
}

function renderWritten(metafield: Metafield): object {
  return {
    ...common(metafield),
    created_at: spaced(metafield.createdAt),
    updated_at: spaced(metafield.updatedAt),
    deleted_at: null,
  };
}

function common({ id, namespace, key, value, description, ownerResource, ownerId }: Metafield): object {
  return { id, namespace, key, value, description, owner_resource: ownerResource, owner_id: ownerId };
}
