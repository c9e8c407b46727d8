import { createHash, randomUUID } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { Clock } from '../runtime/clock.ts';
import { applied, getItem } from './dynamodb.ts';
import { idempotencyKey } from './erp-keys.ts';
import { TABLE_KEYS } from './keys.ts';

/** How long an answer is kept for its key (s). */
export const KEPT_S = 24 * 3600;
/** Longer than a request can run: after it, whoever began is gone and the next may begin (ms). */
export const RUNNING_AT_MOST_MS = 30_000;

const keptAnswer = lazily(() =>
  z.object({
    status: z.int(),
    headers: z.record(z.string(), z.string()),
    /** JSON. */
    body: z.string(),
  }),
);
export type KeptAnswer = z.infer<ReturnType<typeof keptAnswer>>;

/** SHA-256 (hex) of what was asked for with the key. */
const asked = lazily(() => ({ request: z.string(), expiresAt: z.number() }));
export const idempotencyItem = lazily(() =>
  z.discriminatedUnion('state', [
    z.object({
      ...asked(),
      state: z.literal('running'),
      owner: z.string(),
      runningUntil: z.number(),
      /** Nobody takes over from whoever is cut off: what it does cannot be looked for, and must not be done twice. */
      atMostOnce: z.literal(true).optional(),
    }),
    z.object({ ...asked(), state: z.literal('done'), owner: z.string(), answer: keptAnswer() }),
  ]),
);

/** Whose turn it is with a key. */
export type Turn =
  /** The caller's: it works, and then says what came of it. */
  | {
      readonly turn: 'ours';
      finish(answer: KeptAnswer): Promise<void>;
      /** Forgets the key, because nothing was done. */
      release(): Promise<void>;
    }
  | { readonly turn: 'done'; readonly answer: KeptAnswer }
  /** Somebody else's, for at most so many ms. */
  | { readonly turn: 'running'; readonly forMs: number }
  /** Nobody's: whoever had it was cut off, and may have done it. */
  | { readonly turn: 'cut-off' }
  /** The key was used for something else. */
  | { readonly turn: 'other' };

/** Remembers what was answered to requests with an idempotency key, for each client apart. */
export interface IdempotencyStore {
  /**
   * @param request SHA-256 (hex) of everything that makes the request what it is
   * @param atMostOnce whether it is not to be done again where nobody knows whether it was done
   */
  begin(client: string, key: string, request: string, atMostOnce?: boolean): Promise<Turn>;
}

export function createIdempotencyStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, 'now'>;
}): IdempotencyStore {
  const { client, table: TableName, clock } = options;
  return {
    async begin(who, key, request, atMostOnce = false) {
      const Key = idempotencyKey(who, createHash('sha256').update(key).digest('hex'));
      const owner = randomUUID();
      const now = clock.now();
      const expiresAt = Math.floor(now / 1000) + KEPT_S;
      const common = { ...Key, request, owner, [TABLE_KEYS.expiry]: expiresAt };
      const own = { ConditionExpression: '#owner = :owner', ExpressionAttributeNames: { '#owner': 'owner' } };
      const ours = { ...own, ExpressionAttributeValues: { ':owner': owner } };
      const begun = await applied(
        client.send(
          new PutCommand({
            TableName,
            Item: {
              ...common,
              state: 'running',
              runningUntil: now + RUNNING_AT_MOST_MS,
              ...(atMostOnce ? { atMostOnce } : {}),
            },
            // What has expired is deleted within days, not at once. Its own owner writes again when the first answer was lost.
            ConditionExpression:
              'attribute_not_exists(pk) OR #owner = :owner OR expiresAt < :second OR (#state = :running AND runningUntil < :now AND #request = :request AND attribute_not_exists(atMostOnce))',
            ExpressionAttributeNames: { '#state': 'state', '#request': 'request', '#owner': 'owner' },
            ExpressionAttributeValues: {
              ':owner': owner,
              ':second': Math.floor(now / 1000),
              ':now': now,
              ':running': 'running',
              ':request': request,
            },
          }),
        ),
      );
      if (!begun) return turnOf(await getItem(client, TableName, Key, idempotencyItem), request, now);
      return {
        turn: 'ours',
        async finish(answer) {
          // Whoever took over after us has an answer of their own.
          await applied(
            client.send(new PutCommand({ TableName, Item: { ...common, state: 'done', answer }, ...ours })),
          );
        },
        async release() {
          await applied(client.send(new DeleteCommand({ TableName, Key, ...ours })));
        },
      };
    },
  };
}

/** @param found undefined when it was released between the two looks at it */
function turnOf(
  found: z.infer<ReturnType<typeof idempotencyItem>> | undefined,
  request: string,
  now: number,
): Turn {
  if (found === undefined) return { turn: 'running', forMs: 1 };
  if (found.request !== request) return { turn: 'other' };
  if (found.state === 'done') return { turn: 'done', answer: found.answer };
  if (found.atMostOnce && found.runningUntil < now) return { turn: 'cut-off' };
  return { turn: 'running', forMs: Math.max(1, found.runningUntil - now) };
}
