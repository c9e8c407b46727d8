import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema, ulid } from '../order/schema.ts';
import { path } from './call.ts';
import { createIdempotently, type PreviousAttempt } from './create-idempotently.ts';
import { checked, type Requests, sift } from './requests.ts';

const named = lazily(() => z.strictObject({ code: z.string(), name: z.string() }));
const text = lazily(() => z.string().optional());
const name = lazily(() =>
  z
    .strictObject({ es_AR: text(), pt_BR: text(), en_US: text() })
    .refine(
      (names) => Object.values(names).some((value) => value !== undefined),
      'the name needs one locale',
    ),
);
const address = lazily(() =>
  z.strictObject({
    zipcode: z.string(),
    street: z.string(),
    number: z.string(),
    floor: text(),
    locality: text(),
    city: z.string(),
    reference: text(),
    between_streets: text(),
    province: named(),
    region: named().optional(),
    country: named(),
  }),
);

/**
 * A location as we send it (Nuvemshop reference, location page). The guide's `allows_pickup` was removed, and its
 * `priority` and `is_default` have calls of their own.
 */
export const locationBody = lazily(() => z.strictObject({ name: name(), address: address() }));
export type LocationBody = z.input<ReturnType<typeof locationBody>>;
export const priorities = lazily(() =>
  z.array(z.strictObject({ id: ulid(), priority: z.number().int().min(0) })).min(1),
);

/** Lower priority goes first; 0 is the default location. */
export const location = lazily(() =>
  z.looseObject({
    id: idSchema(),
    name: z.record(z.string(), z.unknown()).nullish(),
    priority: z.number().nullish(),
    is_default: z.boolean().nullish(),
  }),
);
export type Location = z.output<ReturnType<typeof location>>;

export const inventoryLevel = lazily(() =>
  z.looseObject({
    variant_id: idSchema(),
    location_id: idSchema(),
    stock: z.union([z.number(), z.string()]).nullish(),
  }),
);
export type InventoryLevel = z.output<ReturnType<typeof inventoryLevel>>;

/** Unlike all other lists it comes in an envelope, with one item a page unless asked for more. */
const levelsPage = lazily(() => z.looseObject({ total: z.coerce.number(), results: z.array(z.unknown()) }));
const LEVELS_PER_PAGE = 200;

/** Locations of the store (Nuvemshop reference, location page). */
export function createLocations(requests: Requests, clock: Clock) {
  const list = () => requests.get(z.array(location()), 'locations.list', '/locations');
  return {
    list,
    get: (id: string) => requests.get(location(), 'locations.get', path`/locations/${id}`),
    /** Adds a location. A repeat finds it by its name. */
    async create(body: LocationBody, repeat?: PreviousAttempt): Promise<Location> {
      const operation = 'locations.create';
      const sent = checked(locationBody(), operation, body);
      return createIdempotently({
        clock,
        repeat,
        findExisting: async () => (await list()).find((found) => hasName(found, sent.name)),
        write: () => requests.post(location(), operation, '/locations', sent),
      });
    },
    async update(id: string, body: LocationBody): Promise<Location> {
      const sent = checked(locationBody(), 'locations.update', body);
      return requests.put(location(), 'locations.update', path`/locations/${id}`, sent);
    },
    /** Refused by the platform for the default location and for one that has inventory levels. */
    delete: (id: string) => requests.remove('locations.delete', path`/locations/${id}`),
    async setPriorities(order: z.input<ReturnType<typeof priorities>>): Promise<void> {
      const sent = checked(priorities(), 'locations.setPriorities', order);
      await requests.put(z.unknown(), 'locations.setPriorities', '/locations/priorities', sent, 'PATCH');
    },
    async makeDefault(id: string): Promise<void> {
      const below = path`/locations/${id}/chosen-as-default`;
      await requests.put(z.unknown(), 'locations.makeDefault', below, {}, 'PATCH');
    },
    /** What lies at a location, page by page. */
    async *inventoryLevels(id: string, filters: { variantId?: string } = {}) {
      const operation = 'locations.inventoryLevels';
      const below = path`/locations/${id}/inventory-levels`;
      for (let page = 1, seen = 0; ; page += 1) {
        const query = { per_page: LEVELS_PER_PAGE, page, variant_id: filters.variantId };
        const { total, results } = await requests.get(levelsPage(), operation, below, query);
        yield { ...sift(inventoryLevel(), results), total };
        seen += results.length;
        if (results.length === 0 || seen >= total) return;
      }
    },
  };
}

function hasName(found: Location, wanted: Record<string, string | undefined>): boolean {
  return Object.entries(wanted).every(
    ([locale, text]) => text === undefined || found.name?.[locale] === text,
  );
}
