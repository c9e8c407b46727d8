import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { isoTime } from '../../../domain/time.ts';
import type { FeedReader } from '../../../storage/feed.ts';
import type { FirstContext } from '../context.ts';
import { route } from '../route.ts';

const health = lazily(() =>
  z.object({
    /** `degraded`: calls to a platform are stopped. */
    status: z.enum(['ok', 'degraded']),
    now: z.string(),
    feed: z.object({
      /** Number of the last event; 0 before the first. */
      seq: z.int(),
      /** When it came into the feed. */
      lastEventAt: z.string().optional(),
      lastEventAgeSeconds: z.int().optional(),
    }),
    platforms: z.array(
      z.object({
        platform: z.string(),
        stores: z.int(),
        /** Of so many stores nobody calls the platform, because it refuses the credential or the account. */
        circuitsOpen: z.int(),
      }),
    ),
  }),
);

export const getHealth = route({
  operation: 'getHealth',
  method: 'GET',
  path: '/v1/health',
  scopes: [],
  summary: 'Whether orders come in and events go out',
  answer: { status: 200, description: 'How things stand.', schema: health },
  problems: [],
  personal: false,
  async handle(_, { stores, feed, clock, openCircuits }: FirstContext) {
    const names = [...new Set(stores.map(({ platform }) => platform))];
    const now = clock.now();
    const [feedNow, platforms] = await Promise.all([
      feedAt(feed, now),
      Promise.all(
        names.map(async (platform) => ({
          platform,
          stores: stores.filter((store) => store.platform === platform).length,
          circuitsOpen: await openCircuits(platform),
        })),
      ),
    ]);
    const status = platforms.some(({ circuitsOpen }) => circuitsOpen > 0) ? 'degraded' : 'ok';
    return { status: 200, body: { status, now: isoTime(now), feed: feedNow, platforms } };
  },
});

async function feedAt(feed: FeedReader, now: number) {
  const { seq, at } = await feed.newest();
  if (at === undefined) return { seq };
  const ageMs = Math.max(0, now - at);
  return { seq, lastEventAt: isoTime(at), lastEventAgeSeconds: Math.floor(ageMs / 1000) };
}

export const getOpenApi = route({
  operation: 'getOpenApi',
  method: 'GET',
  path: '/v1/openapi.json',
  scopes: [],
  summary: 'This API as an OpenAPI 3.1 document',
  answer: {
    status: 200,
    description: 'The document.',
    schema: lazily(() => z.looseObject({ openapi: z.string() })),
  },
  problems: [],
  personal: false,
  tagged: true,
  handle: async (_, { openApi }) => ({ status: 200, body: await openApi() }),
});
