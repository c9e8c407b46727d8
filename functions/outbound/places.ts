import type { LocationInput } from '../domain/location.ts';
import type { CategoryEntry, Places } from '../platforms/places.ts';
import { createLocationLinks } from '../storage/creations.ts';
import type { StoreTable } from '../storage/dynamodb.ts';
import type { StoreName } from '../storage/keys.ts';
import {
  type DonePart,
  type LinkedLocation,
  type LocationTarget,
  type LocationWriter,
  listLocations,
  type NotWritten,
  type Ordered,
  orderLocations,
  putLocation,
  type Written,
} from './locations.ts';
import { type Asked, type Asking, callStore, type ThroughStore } from './pass-through.ts';

/** For whom it is asked. */
export interface Asker extends Pick<Asking, 'correlationId'> {
  /** What differs is told, and nothing is written anywhere. */
  readonly onlyLooks?: boolean;
}

/** The platform of the store has nothing of the kind. */
export interface NoPlaces {
  readonly outcome: 'none';
}

/** Categories and locations of the merchant's stores, as their platforms have them when somebody asks. */
export interface StorePlaces {
  categories(store: StoreName, asker: Asker): Promise<Asked<readonly CategoryEntry[]> | NoPlaces>;
  locations(store: StoreName, asker: Asker): Promise<Asked<LinkedLocation[]> | NoPlaces>;
  putLocation(
    store: StoreName,
    wanted: { readonly target: LocationTarget; readonly input: LocationInput },
    asker: Asker,
  ): Promise<Asked<Written | NotWritten> | NoPlaces>;
  orderLocations(
    store: StoreName,
    order: readonly LocationTarget[],
    asker: Asker,
  ): Promise<Asked<Ordered> | NoPlaces>;
}

/** No function that asks lives longer (ms). */
const CALLS_FOR_MS = 60_000;

/** @param open the stores; undefined for one that there is not */
export function createStorePlaces(
  open: (store: StoreName) => Promise<ThroughStore | undefined>,
  { timeLeftMs, ...control }: Pick<StoreTable, 'client' | 'table'> & Pick<Asking, 'timeLeftMs'>,
): StorePlaces {
  async function ask<T>(
    name: StoreName,
    { onlyLooks, ...asking }: Asking & Asker,
    work: (places: Places, writer: Omit<LocationWriter, 'port'>) => Promise<T>,
  ): Promise<Asked<T> | NoPlaces> {
    const through = await open(name);
    const places = through?.platform.places;
    if (through === undefined || places === undefined) return { outcome: 'none' };
    const { clock } = through;
    const links = createLocationLinks({ ...control, ...name, clock });
    const inTime = { ...asking, ...(timeLeftMs === undefined ? {} : { timeLeftMs }) };
    const done: DonePart[] = [];
    const asked = await callStore(through, inTime, (api) =>
      work(places, {
        ...{ api, links, clock, callsForMs: CALLS_FOR_MS },
        ...(onlyLooks === undefined ? {} : { onlyLooks }),
        onDone: (part) => done.push(part),
      }),
    );
    return asked.outcome === 'answered' || done.length === 0 ? asked : { ...asked, done };
  }
  return {
    categories: (store, asker) =>
      ask(store, { ...asker, writes: false }, (places, { api }) => places.categories(api)),
    locations: (store, asker) =>
      ask(store, { ...asker, writes: false }, ({ locations: port }, writer) =>
        listLocations({ ...writer, port }),
      ),
    putLocation: (store, { target, input }, asker) =>
      ask(store, { ...asker, writes: true }, ({ locations: port }, writer) =>
        putLocation({ ...writer, port }, target, input),
      ),
    orderLocations: (store, order, asker) =>
      ask(store, { ...asker, writes: true }, ({ locations: port }, writer) =>
        orderLocations({ ...writer, port }, order),
      ),
  };
}
