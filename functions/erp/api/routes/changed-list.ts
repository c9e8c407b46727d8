import * as z from 'zod';
import type { StoreName } from '../../../storage/keys.ts';
import type { ApiContext } from '../context.ts';
import { type CursorScope, readCursor, writeCursor } from '../cursor.ts';
import { cursor, limit, time } from '../fields.ts';
import type { ApiAnswer } from '../route.ts';
import { type Places, places, readChanged, storesAt, takeWhileRoom, type Walk } from './changed-rows.ts';

/** What every list of rows by their last change takes. @param things what is listed: "orders" */
export const listQuery = (things: string) => ({
  platform: z
    .string()
    .max(31)
    .optional()
    .meta({ description: `Only ${things} of this platform.` }),
  changed_after: time()
    .optional()
    .meta({ description: `Only ${things} whose last change is later.` }),
  cursor: cursor().optional().meta({ description: '`next` of the page before.' }),
  limit: limit(100, 50).meta({ description: `At most so many ${things} are looked at.` }),
});

interface ListQuery {
  platform?: string | undefined;
  changed_after?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** One kind of rows that is listed. */
export interface Listing<Key extends StoreName & { changedAt: string }, Row, View extends object>
  extends Walk<Key> {
  /** What cursors call the list. */
  readonly list: string;
  /** What else narrows the list; a cursor is good for these alone. */
  readonly filters?: Readonly<Record<string, readonly string[]>>;
  get(key: Key): Promise<Row | undefined>;
  /** What is shown of a row; undefined where nothing is. */
  view(row: Row): View | undefined;
  isMeant?(view: View): boolean;
}

/** One page of rows, the one that changed longest ago first. */
export async function changedPage<Key extends StoreName & { changedAt: string }, Row, View extends object>(
  listing: Listing<Key, Row, View>,
  query: ListQuery,
  context: Pick<ApiContext, 'stores' | 'clock'>,
): Promise<{ items: View[]; answer: ApiAnswer }> {
  const { list, filters, get, view, isMeant = () => true } = listing;
  const { platform, changed_after: changedAfter } = query;
  const stores = storesAt(context, platform);
  const scope: CursorScope<Places> = { list, filters: { ...filters, platform, changedAfter }, place: places };
  const from = query.cursor === undefined ? {} : readCursor(scope, query.cursor);
  const since = changedAfter === undefined ? undefined : Date.parse(changedAfter);
  const page = await readChanged(listing, context, { stores, from, since, most: query.limit });
  const items: View[] = [];
  const { taken } = await takeWhileRoom(page.keys, get, (row) => {
    const shown = view(row);
    if (shown !== undefined && isMeant(shown)) items.push(shown);
    return shown;
  });
  const next = page.placesAfter(taken);
  const body = { items, ...(next === undefined ? {} : { next: writeCursor(scope, next) }) };
  return { items, answer: { status: 200, body } };
}
