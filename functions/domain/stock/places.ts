import * as z from 'zod';

/** Where the merchant's own system keeps goods: a warehouse, a shop. Its own word for it. */
export const placeName = z.string().regex(/^[\w.-]{1,64}$/, 'must be letters, digits, dots and dashes');
export type Place = z.infer<typeof placeName>;

/** The only place of a merchant that names none. */
export const ONLY_PLACE: Place = 'main';

/** Several places as one word: sums of claims stand under it. A name of a place holds no plus sign. */
export const placesKey = (places: readonly Place[]): string => [...new Set(places)].sort().join('+');

/** The places that a key names. */
export const placesOfKey = (key: string): Place[] => key.split('+');
