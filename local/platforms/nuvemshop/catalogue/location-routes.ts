import * as z from 'zod';
import type { SimRequest, SimResponse } from '../../simulator.ts';
import { readBody } from '../bodies.ts';
import { fail, notFound } from '../errors.ts';
import { compactOffset } from '../formats.ts';
import { onlyParameters, positive } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { emit } from '../webhooks/events.ts';
import type { Location } from './catalogue.ts';
import { renderLocation } from './render-catalogue.ts';

const named = z.strictObject({ code: z.string(), name: z.string() });
const address = z.strictObject({
  zipcode: z.string(),
  street: z.string(),
  number: z.string().default(''),
  floor: z.string().default(''),
  locality: z.string().default(''),
  city: z.string(),
  reference: z.string().default(''),
  between_streets: z.string().default(''),
  province: named,
  region: named,
  country: named,
});
const fields = {
  address,
  // Only these three locales exist for the name.
  name: z.strictObject({
    es_AR: z.string().optional(),
    pt_BR: z.string().optional(),
    en_US: z.string().optional(),
  }),
  is_default: z.boolean().optional(),
  priority: z.int().min(0).optional(),
};
const creation = z.strictObject(fields);
// Whether a change needs the region is not documented.
const update = creation
  .extend({ address: address.extend({ region: named.default({ code: '', name: '' }) }) })
  .partial();
const priorities = z.array(z.strictObject({ id: z.string(), priority: z.int().min(0) })).min(1);

/** Locations (guide, stocks; reference, location page). `allows_pickup` of the guide was removed. */
export const locationRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/locations',
    scope: 'read_locations',
    source: 'Guide, list all stocks; reference, location page',
    handle: (_request, { store }) => ({
      status: 200,
      body: ordered(store.locations.values()).map((location) => renderLocation(location, store)),
    }),
  },
  {
    method: 'GET',
    path: '/locations/{id}',
    scope: 'read_locations',
    source: 'Reference, location page',
    handle: (request, call) => ({
      status: 200,
      body: renderLocation(find(call, request.params.id), call.store),
    }),
  },
  {
    method: 'POST',
    path: '/locations',
    scope: 'write_locations',
    source: 'Guide, create a stock (its allows_pickup was removed); reference, location page; number by plan',
    handle(request, call) {
      const { store, platform, now } = call;
      const body = readBody(request, creation);
      if (store.locations.size >= store.maxLocations)
        throw fail(422, 'The plan of the store does not allow more locations');
      const location: Location = {
        id: platform.random.ulid(now),
        name: namesOf(body.name),
        address: body.address,
        priority: body.priority ?? store.locations.size,
        isDefault: false,
        createdAt: now,
        updatedAt: now,
      };
      store.locations.set(location.id, location);
      if (body.is_default === true) makeDefault(call, location);
      emit(platform, store, 'location/created', { id: location.id });
      return { status: 201, body: renderLocation(location, store) };
    },
  },
  {
    method: 'PUT',
    path: '/locations/{id}',
    scope: 'write_locations',
    source: 'Guide, update a stock',
    handle(request, call) {
      const location = find(call, request.params.id);
      const body = readBody(request, update);
      if (body.name !== undefined) location.name = { ...location.name, ...namesOf(body.name) };
      if (body.address !== undefined) location.address = body.address;
      if (body.priority !== undefined) location.priority = body.priority;
      if (body.is_default === true) makeDefault(call, location);
      return changed(call, [location], renderLocation(location, call.store));
    },
  },
  {
    method: 'DELETE',
    path: '/locations/{id}',
    scope: 'write_locations',
    source: 'Reference, location page: not the default one, and only without inventory levels',
    handle(request, call) {
      const location = find(call, request.params.id);
      if (location.isDefault) throw fail(422, 'The default location cannot be deleted');
      if (levelsAt(call, location).length > 0)
        throw fail(422, 'A location with inventory levels cannot be deleted');
      call.store.locations.delete(location.id);
      emit(call.platform, call.store, 'location/deleted', { id: location.id });
      return { status: 204 };
    },
  },
  {
    method: 'PATCH',
    path: '/locations/priorities',
    scope: 'write_locations',
    source: 'Guide, change priorities; reference, location page (lower first, 0 is the default)',
    handle(request, call) {
      const requested = readBody(request, priorities);
      const pairs = requested.map(({ id, priority }) => ({ location: find(call, id), priority }));
      if (new Set(requested.map(({ priority }) => priority)).size !== requested.length) {
        throw fail(422, 'Priorities cannot be repeated');
      }
      for (const { location, priority } of pairs) location.priority = priority;
      const first = pairs.find(({ priority }) => priority === 0);
      if (first !== undefined) makeDefault(call, first.location);
      const body = ordered(call.store.locations.values()).map((location) =>
        renderLocation(location, call.store),
      );
      return changed(
        call,
        pairs.map(({ location }) => location),
        body,
      );
    },
  },
  {
    method: 'PATCH',
    path: '/locations/{id}/chosen-as-default',
    scope: 'write_locations',
    source: 'Guide, choose the default stock',
    handle(request, call) {
      const location = find(call, request.params.id);
      makeDefault(call, location);
      return changed(call, [location], renderLocation(location, call.store));
    },
  },
  {
    method: 'GET',
    path: '/locations/{id}/inventory-levels',
    scope: 'read_locations',
    source: 'Reference, location page: an envelope, ids as strings, one a page by default',
    handle: inventoryLevels,
  },
];

function inventoryLevels(request: SimRequest, call: ApiCall): SimResponse {
  onlyParameters(request, ['variant_id', 'page', 'per_page']);
  const location = find(call, request.params.id);
  const variant = request.query.get('variant_id');
  const levels = levelsAt(call, location).filter(
    ({ variantId }) => variant === null || String(variantId) === variant,
  );
  const number = positive(request, 'page') ?? 1;
  const perPage = Math.min(positive(request, 'per_page') ?? 1, 200);
  const results = levels.slice((number - 1) * perPage, number * perPage).map(({ level, variantId }) => ({
    id: String(level.id),
    variant_id: String(variantId),
    location_id: location.id,
    stock: level.stock,
    created_at: compactOffset(level.createdAt),
    updated_at: compactOffset(level.updatedAt),
  }));
  return { status: 200, body: { total: levels.length, page: number, per_page: perPage, results } };
}

function levelsAt(call: ApiCall, location: Location) {
  return [...call.store.products.values()].flatMap((product) =>
    product.variants.flatMap((variant) =>
      variant.levels
        .filter((level) => level.locationId === location.id)
        .map((level) => ({ level, variantId: variant.id })),
    ),
  );
}

function find(call: ApiCall, id: string | undefined): Location {
  const location = call.store.locations.get(id ?? '');
  if (location === undefined) throw notFound('Location not found');
  return location;
}

function ordered(locations: Iterable<Location>): Location[] {
  return [...locations].sort((a, b) => a.priority - b.priority);
}

// The default one has priority 0; it trades places with whoever had it.
function makeDefault({ store }: ApiCall, chosen: Location): void {
  for (const location of store.locations.values()) {
    if (location !== chosen && location.priority === 0) location.priority = Math.max(1, chosen.priority);
    location.isDefault = location === chosen;
  }
  chosen.priority = 0;
}

function changed(call: ApiCall, locations: readonly Location[], body: unknown): SimResponse {
  for (const location of locations) {
    location.updatedAt = call.now;
    emit(call.platform, call.store, 'location/updated', { id: location.id });
  }
  return { status: 200, body };
}

function namesOf(names: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (entries.length === 0) throw fail(422, 'The name needs at least one locale');
  return Object.fromEntries(entries);
}
