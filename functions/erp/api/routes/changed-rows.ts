import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { CLOCK_AHEAD_MS } from '../../../domain/time.ts';
import type { StoreName } from '../../../storage/keys.ts';
import type { ChangesCursor, ChangesQuery } from '../../../storage/row-index.ts';
import { bytesAsSent } from '../answer-size.ts';
import type { ApiContext } from '../context.ts';
import { Problem } from '../problem.ts';

/** By store, the last row that a walk has passed. */
export const places = lazily(() =>
  z.record(
    z.string().max(200),
    z.object({ changedAt: z.iso.datetime({ precision: 3 }), id: z.string().min(1).max(300) }),
  ),
);
export type Places = z.infer<ReturnType<typeof places>>;

const nameOf = ({ platform, storeId }: StoreName): string => `${platform}#${storeId}`;

/** Rows of one kind, as a walk knows them. */
export interface Walk<Key extends StoreName & { changedAt: string }> {
  changes(query: ChangesQuery): Promise<{ keys: Key[]; next?: ChangesCursor }>;
  pkOf(store: StoreName, id: string): string;
  idOf(key: Key): string;
}

/** Later than every change. */
const END_OF_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Walks over what several stores have as over what one has, the one that changed longest ago first. What changes meanwhile
 * comes once more.
 *
 * @param since epoch ms: only rows whose last change is later
 */
export async function readChanged<Key extends StoreName & { changedAt: string }>(
  { changes, pkOf, idOf }: Walk<Key>,
  { clock }: Pick<ApiContext, 'clock'>,
  {
    stores,
    from,
    since,
    most,
  }: { stores: readonly StoreName[]; from: Places; since: number | undefined; most: number },
): Promise<{
  keys: Key[];
  /** Where to go on once so many of them were taken; undefined when there are no more. */
  placesAfter(taken: number): Places | undefined;
}> {
  if (since !== undefined && since > clock.now() + CLOCK_AHEAD_MS)
    return { keys: [], placesAfter: () => undefined };
  const pages = await Promise.all(
    stores.map(async (store) => {
      const place = placeOf(from, store, since);
      const { keys, next } = await changes({
        ...store,
        ...(since === undefined ? {} : { between: { from: since + 1, to: END_OF_TIME } }),
        ...(place === undefined
          ? {}
          : {
              after: { pk: pkOf(store, place.id), changedAt: place.changedAt },
            }),
        limit: most,
      });
      return { keys, more: next !== undefined };
    }),
  );
  const found = pages.flatMap(({ keys }) => keys);
  const first = found
    .sort((one, other) => (one.changedAt < other.changedAt ? -1 : one.changedAt > other.changedAt ? 1 : 0))
    .slice(0, most);
  return {
    keys: first,
    placesAfter(taken) {
      if (taken === found.length && pages.every(({ more }) => !more)) return undefined;
      const after = { ...from };
      for (const key of first.slice(0, taken))
        after[nameOf(key)] = { changedAt: key.changedAt, id: idOf(key) };
      return after;
    },
  };
}

/** The table refuses to go on from a place outside of what is asked for. */
function placeOf(
  from: Places,
  store: StoreName,
  since = Number.NEGATIVE_INFINITY,
): Places[string] | undefined {
  const place = from[nameOf(store)];
  return place !== undefined && Date.parse(place.changedAt) > since ? place : undefined;
}

/** Of an answer, with room for the row that comes last; the rest of a page comes with the next one. */
const MOST_PAGE_BYTES = 4 * 1024 * 1024;
/** Rows that are read at once. */
const AT_ONCE = 10;

/**
 * Reads rows in their order until the page is full. Answers how many of them are on it, or are gone.
 *
 * @param take puts a row on the page; answers what it shows of it
 */
export async function takeWhileRoom<Key, Row>(
  keys: readonly Key[],
  read: (key: Key) => Promise<Row | undefined>,
  take: (row: Row) => object | undefined,
): Promise<{ taken: number }> {
  let bytes = 0;
  let taken = 0;
  for (let at = 0; at < keys.length && bytes < MOST_PAGE_BYTES; at += AT_ONCE) {
    const rows = await Promise.all(keys.slice(at, at + AT_ONCE).map(read));
    for (const row of rows) {
      if (bytes >= MOST_PAGE_BYTES) break;
      taken += 1;
      const shown = row === undefined ? undefined : take(row);
      if (shown !== undefined) bytes += bytesAsSent(shown);
    }
  }
  return { taken };
}

/** The stores that a list is about: all of them, or those of one platform. @throws Problem for a platform that sells nothing */
export function storesAt({ stores }: Pick<ApiContext, 'stores'>, platform: string | undefined): StoreName[] {
  const meant = stores.filter((store) => platform === undefined || store.platform === platform);
  if (meant.length > 0) return meant;
  throw new Problem('request-invalid', {
    detail: 'One field is wrong; "errors" points to it.',
    errors: [
      {
        pointer: '/query/platform',
        code: 'not-allowed',
        detail: `The merchant sells on ${[...new Set(stores.map(({ platform: one }) => one))].join(', ')}.`,
      },
    ],
  });
}
