import type { MirrorReading } from '../domain/mirror-row.ts';
import type { TimeRange } from '../domain/time.ts';
import type { Scan } from './scan.ts';
import type { Store } from './store.ts';

/** One thing as a platform answered it, with the bytes that it was read from. */
export interface ReadThing<Said> {
  readonly reading: MirrorReading<Said>;
  readonly bytes: Uint8Array;
}

/** Things of one kind that are mirrored: the platform is asked, and what it says last is what there is. */
export interface MirroredResource<Said, S = unknown, Api = unknown> {
  /** One of them as the platform shows it now. @throws PlatformError; `not-found` where it has none of this id */
  get(api: Api, id: string, store: Store<S>): Promise<ReadThing<Said>>;
  /** The lists that together hold all that the store has; none where they are not wanted. */
  scans(store: Store<S>): readonly Scan[];
  /**
   * The name of the only scan that lists a thing, undefined where none does any more: where one list fails, what is gone from the
   * others is found. Absent where nobody can tell by the id.
   */
  scanNameOf?(id: string, store: Store<S>): string | undefined;
  /**
   * What one stretch of a scan has, page by page. Pages of an undivided list say their number, so that a later run can go on there.
   *
   * @param firstPage the page that an undivided list begins with; its first where absent
   * @throws PlatformError
   */
  list(
    api: Api,
    scan: Scan,
    range: TimeRange,
    store: Store<S>,
    firstPage?: number,
  ): AsyncIterable<{ readonly items: readonly ReadThing<Said>[]; readonly page?: number }>;
}
