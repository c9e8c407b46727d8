import * as z from 'zod';
import { lazily } from './lazily.ts';

/** Where a store keeps goods: one of its locations at a platform. */
export interface LocationKey {
  readonly platform: string;
  readonly storeId: string;
  readonly locationId: string;
}

/** A location by the id that the merchant's own system gave it. */
export interface ErpLocationKey {
  readonly platform: string;
  readonly storeId: string;
  readonly externalId: string;
}

type Named = { platform: string; storeId: string; id: string };

/** How locations are named: `<platform>:<store>:location:<id>`. */
export const LOCATION = {
  resource: 'location',
  idOf: ({ locationId }: LocationKey) => locationId,
  keyOf: ({ platform, storeId, id }: Named): LocationKey => ({ platform, storeId, locationId: id }),
};

/** The same by the merchant's own id: `<platform>:<store>:erp-location:<id>`. */
export const ERP_LOCATION = {
  resource: 'erp-location',
  idOf: ({ externalId }: ErpLocationKey) => externalId,
  keyOf: ({ platform, storeId, id }: Named): ErpLocationKey => ({ platform, storeId, externalId: id }),
};

const text = (most = 200) => z.string().trim().min(1).max(most);
const region = () => z.strictObject({ code: text(20), name: text() });

/** Where goods are sent from, and not where a person lives. */
export const locationAddress = lazily(() =>
  z.strictObject({
    street: text().optional(),
    number: text().optional(),
    floor: text().optional(),
    locality: text().optional(),
    city: text().optional(),
    zipcode: text(20).optional(),
    province: region().optional(),
    region: region().optional(),
    country: region().optional(),
    reference: text().optional(),
    betweenStreets: text().optional(),
  }),
);
export type LocationAddress = z.output<ReturnType<typeof locationAddress>>;

/** What a location is to be. What is left out stays as the platform has it. */
export const locationInput = lazily(() =>
  z.strictObject({
    /** One text for all languages, or one for each: `es`, or `es_AR`. */
    name: z
      .union([text(), z.record(z.string().regex(/^[a-z]{2}(?:[-_][A-Z]{2})?$/), text())])
      .refine((name) => typeof name === 'string' || Object.keys(name).length > 0, 'says nothing')
      .optional(),
    address: locationAddress().optional(),
    /** That it is the default one. Another one is made that in its place, so there is no `false`. */
    default: z.literal(true).optional(),
  }),
);
export type LocationInput = z.output<ReturnType<typeof locationInput>>;

/** A location as its platform shows it. */
export interface Location {
  readonly id: string;
  /** By language. */
  readonly name: Readonly<Record<string, string>>;
  readonly address: LocationAddress;
  /** The lower goes first; absent where the platform does not say. */
  readonly priority?: number;
  readonly isDefault: boolean;
}
