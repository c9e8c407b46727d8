import * as z from 'zod';
import { parseLocationName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import { platformNameSchema } from '../../../domain/order.ts';
import { locationNames } from '../fields.ts';
import { isMeant, locationView, storeOfLocation, unknownLocation, viewOfLocation } from '../location-view.ts';
import { answered } from '../platform-problem.ts';
import { route } from '../route.ts';
import { storeField, storeOf } from '../store-of.ts';

const list = lazily(() => z.object({ items: z.array(locationView()) }));

/** Problems of everything that asks a platform. */
const ASKING = [
  'request-invalid',
  'endpoint-unknown',
  'platform-refused',
  'platform-stopped',
  'platform-busy',
] as const;

export const listLocations = route({
  operation: 'listLocations',
  method: 'GET',
  path: '/v1/locations',
  scopes: ['catalogue'],
  summary: 'The locations of a store',
  description: 'As the platform has them now, the one that goes first first. The platform is asked.',
  query: () => z.strictObject({ platform: platformNameSchema(), store: storeField() }),
  answer: { status: 200, description: 'All of them.', schema: list },
  problems: [...ASKING, 'store-unknown'],
  personal: false,
  async handle({ query: { platform, store: named }, requestId }, context) {
    const store = storeOf(context.stores, platform, named);
    const places = await context.places();
    const locations = answered(await places.locations(store, { correlationId: requestId }));
    return { status: 200, body: { items: locations.map((one) => viewOfLocation(store, one)) } };
  },
});

export const getLocation = route({
  operation: 'getLocation',
  method: 'GET',
  path: '/v1/locations/{id}',
  scopes: ['catalogue'],
  summary: 'One location as it is now',
  parameters: () =>
    z.strictObject({
      id: locationNames().meta({
        description:
          '`platform:store:location:id`, percent-encoded. Or, by your own id, `platform:store:erp-location:id`.',
      }),
    }),
  answer: { status: 200, description: 'The location.', schema: locationView },
  problems: [...ASKING, 'location-unknown'],
  personal: false,
  tagged: true,
  async handle({ path, requestId }, context) {
    const key = parseLocationName(path.id);
    const store = storeOfLocation(context.stores, key);
    const places = await context.places();
    const locations = answered(await places.locations(store, { correlationId: requestId }));
    const found = locations.find((one) => key !== undefined && isMeant(one, key));
    if (found === undefined) throw unknownLocation();
    return { status: 200, body: viewOfLocation(store, found) };
  },
});
