import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { idSchema, ulid } from '../order/schema.ts';
import { path } from './call.ts';
import { checked, type Requests } from './requests.ts';
import { wholeList } from './whole-list.ts';
import { withScope } from './with-scope.ts';

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
    number: text(),
    floor: text(),
    locality: text(),
    city: z.string(),
    reference: text(),
    between_streets: text(),
    province: named(),
    /** A new location needs it; whether a change does is not documented, and one that is there may have none. */
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
  z.array(z.strictObject({ id: ulid(), priority: z.int().min(0) })).min(1),
);

/** A text that says nothing is none. */
const shown = lazily(() =>
  z
    .string()
    .nullish()
    .transform((one) => one?.trim() || undefined)
    .catch(undefined),
);
const shownNamed = lazily(() =>
  z
    .object({ code: z.string(), name: z.string() })
    .nullish()
    .transform((one) => (one && `${one.code}${one.name}`.trim() !== '' ? one : undefined))
    .catch(undefined),
);
const shownAddress = lazily(() =>
  z.object({
    street: shown(),
    number: shown(),
    floor: shown(),
    locality: shown(),
    city: shown(),
    zipcode: shown(),
    province: shownNamed(),
    region: shownNamed(),
    country: shownNamed(),
    reference: shown(),
    between_streets: shown(),
  }),
);

/** Lower priority goes first; 0 is the default location. */
export const location = lazily(() =>
  z.looseObject({
    id: idSchema(),
    name: z.record(z.string(), z.unknown()).nullish(),
    address: shownAddress().nullish().catch(undefined),
    priority: z.number().nullish(),
    is_default: z.boolean().nullish(),
  }),
);
export type Location = z.output<ReturnType<typeof location>>;

const READ = { scope: 'read_locations' } as const;
const WRITE = { scope: 'write_locations' } as const;

/** Locations of the store (Nuvemshop reference, location page). */
export function createLocations(requests: Requests) {
  return {
    list: () => withScope(READ, () => wholeList(requests, location(), 'locations.list', '/locations')),
    /** Adds a location, also where there is one of the name: whoever calls it looks before. */
    async create(body: LocationBody): Promise<Location> {
      const sent = checked(locationBody(), 'locations.create', body);
      return withScope(WRITE, () => requests.post(location(), 'locations.create', '/locations', sent));
    },
    async update(id: string, body: LocationBody): Promise<Location> {
      const sent = checked(locationBody(), 'locations.update', body);
      const below = path`/locations/${id}`;
      return withScope(WRITE, () => requests.put(location(), 'locations.update', below, sent));
    },
    async setPriorities(order: z.input<ReturnType<typeof priorities>>): Promise<void> {
      const operation = 'locations.setPriorities';
      const sent = checked(priorities(), operation, order);
      await withScope(WRITE, () =>
        requests.put(z.unknown(), operation, '/locations/priorities', sent, 'PATCH'),
      );
    },
    async makeDefault(id: string): Promise<void> {
      const below = path`/locations/${id}/chosen-as-default`;
      await withScope(WRITE, () => requests.put(z.unknown(), 'locations.makeDefault', below, {}, 'PATCH'));
    },
  };
}
