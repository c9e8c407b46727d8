import * as z from 'zod';
import { locationName } from '../../domain/item-name.ts';
import { lazily } from '../../domain/lazily.ts';
import { type ErpLocationKey, type LocationKey, locationAddress } from '../../domain/location.ts';
import type { LinkedLocation } from '../../outbound/locations.ts';
import type { StoreName } from '../../storage/keys.ts';
import { Problem } from './problem.ts';

/** A location as it is answered. */
export const locationView = lazily(() =>
  z.object({
    /** `platform:store:location:id`. */
    id: z.string(),
    /** Your own id, where the location was put by it. */
    externalId: z.string().optional(),
    /** The platform's, as stock and orders name it. */
    locationId: z.string(),
    /** By language. */
    name: z.record(z.string(), z.string()),
    address: locationAddress(),
    /** The lower goes first. */
    priority: z.number().optional(),
    default: z.boolean(),
  }),
);

export const viewOfLocation = (
  { platform, storeId }: StoreName,
  { id, externalId, name, address, priority, isDefault }: LinkedLocation,
) => ({
  id: locationName({ platform, storeId, locationId: id }),
  ...(externalId === undefined ? {} : { externalId }),
  locationId: id,
  name,
  address,
  ...(priority === undefined ? {} : { priority }),
  default: isDefault,
});

export const isMeant = (location: LinkedLocation, key: LocationKey | ErpLocationKey): boolean =>
  'locationId' in key ? location.id === key.locationId : location.externalId === key.externalId;

/** The store that a location's name names. @throws Problem where it is not the merchant's */
export function storeOfLocation(
  stores: readonly StoreName[],
  key: LocationKey | ErpLocationKey | undefined,
): StoreName {
  const found = stores.find(({ platform, storeId }) => platform === key?.platform && storeId === key.storeId);
  if (found === undefined) throw unknownLocation();
  return found;
}

export const unknownLocation = (): Problem =>
  new Problem('location-unknown', {
    detail:
      'No location has this id. Send the `id` of a location as GET /v1/locations answers it, or your own.',
  });
