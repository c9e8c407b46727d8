import * as z from 'zod';
import { EVENT_TYPES, type FeedEvent, feedEventSchema } from '../../../domain/event.ts';
import { lazily } from '../../../domain/lazily.ts';
import { type FeedPosition, type FeedReader, PositionLost } from '../../../storage/feed.ts';
import type { FirstContext } from '../context.ts';
import { type CursorScope, readCursor, writeCursor } from '../cursor.ts';
import { cursor, limit, words } from '../fields.ts';
import { Problem } from '../problem.ts';
import { route } from '../route.ts';

/** Events that one request looks at, however few of them it was asked for. */
const MOST_SEEN = 2_000;
const MOST_ITEMS = 1_000;
/** The feed hands out what it finds at once, which may be a single page. */
const MOST_READS = 40;

const eventPage = lazily(() =>
  z.object({
    items: z.array(feedEventSchema()),
    /** What to send as `after` next. It has moved on behind events that the filter left out. */
    next: z.string(),
    /** The end of the feed as a cursor. */
    head: z.string(),
    /** How many events of all types follow. */
    behind: z.int().min(0),
  }),
);

const place = lazily(() => z.object({ epoch: z.int().min(0), seq: z.int().min(0) }));

export const listEvents = route({
  operation: 'listEvents',
  method: 'GET',
  path: '/v1/events',
  scopes: ['orders:read'],
  summary: 'Every change, numbered, without a gap',
  query: () =>
    z.strictObject({
      after: cursor().default('oldest').meta({
        description:
          'A cursor; `oldest`: from the oldest event that is kept; `head`: nothing but where the feed ends.',
      }),
      limit: limit(MOST_ITEMS, 100).meta({ description: 'At most so many events.' }),
      types: words(EVENT_TYPES)
        .optional()
        .meta({ description: 'Only events of these types, separated by commas.' }),
    }),
  answer: { status: 200, description: 'The events that follow, in order.', schema: eventPage },
  problems: ['request-invalid', 'cursor-invalid', 'cursor-of-other-filters', 'cursor-expired', 'feed-reset'],
  personal: false,
  async handle({ query }, { feed }: FirstContext) {
    const scope = scopeOf(query.types);
    return withLossTold(scope, async () => {
      const wanted = new Set<string>(query.types ?? EVENT_TYPES);
      const from = await startOf(query.after, scope, feed);
      const { items, reached } =
        query.after === 'head' ? { items: [], reached: from } : await walk(feed, from, query.limit, wanted);
      const head = query.after === 'head' ? from : laterOf(await feed.head(), reached);
      // Before the first event there is no epoch to name.
      const next = { ...reached, epoch: reached.epoch === 0 ? head.epoch : reached.epoch };
      return {
        status: 200,
        body: {
          items,
          next: writeCursor(scope, next),
          head: writeCursor(scope, head),
          behind: head.seq - reached.seq,
        },
      };
    });
  },
});

type EventScope = CursorScope<FeedPosition>;

const scopeOf = (types: readonly string[] = []): EventScope => ({
  list: 'events',
  filters: [...types].sort(),
  place,
});

/** The place that a cursor of this list names. @throws Problem, as for a request with the cursor */
export const placeOfCursor = (text: string, types: readonly string[]): FeedPosition =>
  readCursor(scopeOf(types), text);

const startOf = async (after: string, scope: EventScope, feed: FeedReader): Promise<FeedPosition> => {
  if (after === 'oldest') return feed.oldest();
  return after === 'head' ? feed.head() : readCursor(scope, after);
};

/** The feed may have grown since its events were read. */
const laterOf = (head: FeedPosition, reached: FeedPosition): FeedPosition =>
  head.seq < reached.seq ? reached : head;

/** Reads on until there are enough events of the types, or it has seen enough. */
async function walk(
  feed: FeedReader,
  from: FeedPosition,
  most: number,
  types: ReadonlySet<string>,
): Promise<{ items: FeedEvent[]; reached: FeedPosition }> {
  const items: FeedEvent[] = [];
  let reached = from;
  for (let reads = 0; reads < MOST_READS && items.length < most; reads += 1) {
    const left = MOST_SEEN - (reached.seq - from.seq);
    if (left <= 0) break;
    // Without a filter every event counts, so none is read in vain.
    const found = await feed.read(
      reached,
      Math.min(left, types.size === EVENT_TYPES.length ? most - items.length : left),
    );
    const last = found.at(-1);
    if (last === undefined) break;
    const fitting = found.filter(({ type }) => types.has(type)).slice(0, most - items.length);
    items.push(...fitting);
    const full = items.length === most ? items.at(-1) : undefined;
    reached = { ...reached, seq: (full ?? last).seq };
  }
  return { items, reached };
}

/** Says of a place that was lost where the feed can be read from. */
async function withLossTold<T>(scope: EventScope, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PositionLost)) throw error;
    const members = { oldest: writeCursor(scope, error.oldest) };
    throw error.why === 'expired'
      ? new Problem('cursor-expired', {
          detail:
            'Events are kept for 30 days. List the orders that changed since you last read, and go on from "oldest".',
          members,
        })
      : new Problem('feed-reset', {
          detail:
            'The tables were restored to an earlier time. Take the head, list all orders once, and follow from that head.',
          members,
        });
  }
}
