import * as z from 'zod';
import { commandIdSchema } from '../../../domain/command.ts';
import { parseLocationName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import { locationInput } from '../../../domain/location.ts';
import type { NotWritten } from '../../../outbound/locations.ts';
import { locationNames } from '../fields.ts';
import { locationView, storeOfLocation, unknownLocation, viewOfLocation } from '../location-view.ts';
import { answered } from '../platform-problem.ts';
import { BODY_PROBLEMS, Problem } from '../problem.ts';
import { route } from '../route.ts';

/** Problems of what asks a platform with a body. */
const WRITING = [
  'request-invalid',
  ...BODY_PROBLEMS,
  'location-unknown',
  'endpoint-unknown',
  'platform-refused',
  'platform-stopped',
  'platform-busy',
  'outcome-unknown',
] as const;

const result = lazily(() =>
  z.object({
    /** As the platform shows it now; absent where it does not show a new one yet. */
    location: locationView().optional(),
    /** What this request changed; empty where all was as it is wanted. */
    changed: z.array(z.enum(['created', 'name', 'address', 'default'])),
    /** What the platform took, and does not show as it was sent. */
    unconfirmed: z.array(z.enum(['name', 'address', 'default'])),
  }),
);

export const putLocationRoute = route({
  operation: 'putLocation',
  method: 'PUT',
  path: '/v1/locations/{id}',
  scopes: ['catalogue'],
  summary: 'Say what a location is to be',
  description:
    'By the platform’s id, or by your own: then it is found by its name, or made. What is as it is wanted costs no call; what you leave out stays. The store’s plan says how many there may be.',
  parameters: () =>
    z.strictObject({
      id: locationNames().meta({
        description:
          '`platform:store:location:id`, percent-encoded. Or, by your own id, `platform:store:erp-location:id`.',
      }),
    }),
  body: { schema: locationInput, maxBytes: 16 * 1024 },
  answer: { status: 200, description: 'It is as it is wanted.', schema: result },
  problems: [...WRITING, 'location-ambiguous', 'plan-limit'],
  personal: false,
  async handle({ path, body: input, requestId }, context) {
    const key = parseLocationName(path.id);
    const store = storeOfLocation(context.stores, key);
    if (key === undefined || ('externalId' in key && !commandIdSchema().safeParse(key.externalId).success))
      throw unknownLocation();
    const places = await context.places();
    const asked = await places.putLocation(store, { target: key, input }, { correlationId: requestId });
    const written = answered(asked);
    if (written.outcome !== 'written') throw notWritten(written);
    const { location, changed, unconfirmed } = written;
    const shown = location === undefined ? {} : { location: viewOfLocation(store, location) };
    return { status: 200, body: { ...shown, changed, unconfirmed } };
  },
});

function notWritten(why: NotWritten): Problem {
  switch (why.outcome) {
    case 'location-unknown':
      return unknownLocation();
    case 'invalid':
      return new Problem('request-invalid', {
        detail:
          'The platform cannot have a location like this; "errors" points to each field. Nothing was done.',
        errors: why.fields.map(({ pointer, detail }) => ({
          pointer: `/body${pointer}`,
          code: 'rule',
          detail,
        })),
      });
    case 'ambiguous':
      return new Problem('location-ambiguous', {
        detail:
          'Several locations of the store have this name, and none is known as yours. Rename one in the panel, or send this to one of them by its own id.',
      });
    case 'plan':
      return new Problem('plan-limit', {
        detail: `The store has ${why.locations} locations, and its plan takes no more. Change the plan in the panel of the platform, or change a location that there is.`,
        members: { plan: why.plan, locations: why.locations },
      });
    case 'wait':
      return new Problem('platform-busy', {
        detail:
          'A call that makes this location may still be under way, and the platform does not show it yet. Send the request again then: no second one is made.',
        retryAfter: Math.max(1, Math.ceil(why.retryAfterMs / 1000)),
      });
  }
}

const MOST_LOCATIONS = 200;

const order = lazily(() =>
  z.strictObject({
    /** Ids of locations of one store, the first one first. Those that are left out follow as they are. */
    order: z
      .array(locationNames())
      .min(1)
      .max(MOST_LOCATIONS)
      .refine((names) => new Set(names).size === names.length, 'names one twice'),
  }),
);

const ordered = lazily(() =>
  z.object({
    items: z.array(locationView()),
    /** Whether this request changed the order. */
    changed: z.boolean(),
    /** The platform took the order, and does not show it. */
    unconfirmed: z.boolean(),
  }),
);

export const putLocationOrder = route({
  operation: 'putLocationPriorities',
  method: 'PUT',
  path: '/v1/locations/priorities',
  scopes: ['catalogue'],
  summary: 'Say which locations of a store go first',
  description:
    'The first one is the default. The order decides from where orders are sent, and what that costs.',
  body: { schema: order, maxBytes: 64 * 1024 },
  answer: { status: 200, description: 'All locations of the store, in their order.', schema: ordered },
  problems: WRITING,
  personal: false,
  async handle({ body, requestId }, context) {
    const keys = body.order.map((name) => parseLocationName(name));
    const targets = keys.flatMap((key) => (key === undefined ? [] : [key]));
    const store = storeOfLocation(context.stores, targets[0]);
    const strangers = keys.flatMap((key, at) =>
      key?.platform === store.platform && key.storeId === store.storeId ? [] : [at],
    );
    if (strangers.length > 0)
      throw wrongAt(strangers, 'It is of another store. Send each store its own order.');
    const places = await context.places();
    const done = answered(await places.orderLocations(store, targets, { correlationId: requestId }));
    if (done.outcome !== 'ordered') throw wrongAt(done.at, 'The store has no such location.');
    const { locations, changed, unconfirmed } = done;
    return {
      status: 200,
      body: { items: locations.map((one) => viewOfLocation(store, one)), changed, unconfirmed },
    };
  },
});

const wrongAt = (places: readonly number[], detail: string): Problem =>
  new Problem('request-invalid', {
    detail: 'Not every location can be ordered; "errors" points to each. Nothing was done.',
    errors: places.map((at) => ({ pointer: `/body/order/${at}`, code: 'rule', detail })),
  });
