import type { Location, LocationInput } from '../domain/location.ts';
import type { PlatformError } from '../http/errors.ts';

/** A category as its platform shows it. */
export interface CategoryEntry {
  readonly id: string;
  /** Absent at the top. */
  readonly parentId?: string;
  /** By language. */
  readonly name: Readonly<Record<string, string>>;
  /** Names from the top down, in the store's main language. */
  readonly path: readonly string[];
}

/** What of a location is not as it is wanted. */
export type LocationPart = 'name' | 'address' | 'default';

/** Locations of a platform that keeps them. Nothing is repeated here; each member but those that only compare makes one call. */
export interface LocationPort<Api = unknown> {
  /** @throws PlatformError */
  list(api: Api): Promise<readonly Location[]>;
  /** What the platform cannot have as a location's: a JSON pointer into the input, and why. */
  refusals(input: LocationInput): readonly { readonly pointer: string; readonly detail: string }[];
  /** JSON pointers to what a new location needs beside what is said. */
  lacks(input: LocationInput): readonly string[];
  differences(location: Location, input: LocationInput): readonly LocationPart[];
  /** Answers the id of the new location. @throws PlatformError */
  create(api: Api, input: LocationInput): Promise<string>;
  /** Changes name and address; what is not said is sent as it is. @throws PlatformError */
  update(api: Api, location: Location, input: LocationInput): Promise<void>;
  /** @throws PlatformError */
  setPriorities(
    api: Api,
    order: readonly { readonly id: string; readonly priority: number }[],
  ): Promise<void>;
  /** @throws PlatformError */
  makeDefault(api: Api, id: string): Promise<void>;
  /** The store's plan where it is why no more locations are taken; undefined where that is not why. @throws PlatformError */
  planThatRefuses(api: Api, error: PlatformError): Promise<string | undefined>;
}

/** What of a platform's stores is read and written there when somebody asks, and not mirrored. */
export interface Places<Api = unknown> {
  /** The whole tree, flat. @throws PlatformError */
  categories(api: Api): Promise<readonly CategoryEntry[]>;
  readonly locations: LocationPort<Api>;
}
