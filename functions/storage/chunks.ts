import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { type Payload, payloadSchema } from '../runtime/queue.ts';
import { chunkKey, chunksPk } from './control-keys.ts';
import { applied, inPartition, queryAll } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';

/** Chunks outlive the longest time a queue keeps their peers (14 days). */
const KEEP_SECONDS = 15 * 24 * 3600;
/** Of what is kept for longer yet, the time is not written again. */
const ENOUGH_SECONDS = KEEP_SECONDS - 12 * 3600;

/** Brings the chunks of a large payload together, whatever order the queue delivers them in. */
export interface ChunkStore {
  /**
   * Keeps this chunk and answers the whole once every chunk is there; `undefined` while some are missing, and after the
   * payload was forgotten. Repeating a chunk is harmless.
   */
  add(correlationId: string, payload: Payload): Promise<Payload | undefined>;
  /**
   * Deletes what was kept of a payload that was dealt with; of a chunk that comes once more nothing is kept. Does nothing
   * for a payload that came in one piece.
   */
  forget(correlationId: string, payload: Payload): Promise<void>;
}

const chunkItem = lazily(() =>
  z.object({ sk: z.string(), payload: payloadSchema().optional(), [TABLE_KEYS.expiry]: z.number() }),
);
type Chunk = z.infer<ReturnType<typeof chunkItem>>;

export function createChunkStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  now: () => number;
}): ChunkStore {
  const { client, table: TableName, now } = options;
  const expiry = () => ({ [TABLE_KEYS.expiry]: Math.floor(now() / 1000) + KEEP_SECONDS });
  const remove = async (correlationId: string, { sha256, chunk }: Payload): Promise<void> => {
    for (let index = 0; index < (chunk?.count ?? 0); index += 1)
      await client.send(new DeleteCommand({ TableName, Key: chunkKey(correlationId, sha256, index) }));
  };
  /** The peers of a message that failed and comes again, also when a person sends it, do not come again themselves. */
  const keepOn = async (pk: string, chunks: readonly Chunk[]): Promise<void> => {
    for (const { sk, payload, expiresAt } of chunks) {
      if (expiresAt >= now() / 1000 + ENOUGH_SECONDS) continue;
      const Item = { pk, sk, payload, ...expiry() };
      // What somebody dealt with meanwhile stays away.
      const put = new PutCommand({ TableName, Item, ConditionExpression: 'attribute_exists(pk)' });
      await applied(client.send(put));
    }
  };
  return {
    async add(correlationId, payload) {
      if (payload.chunk === undefined) return payload;
      const { sha256, chunk } = payload;
      const Item = { ...chunkKey(correlationId, sha256, chunk.index), payload, ...expiry() };
      await client.send(new PutCommand({ TableName, Item }));
      const found = await queryAll(
        client,
        inPartition(TableName, chunksPk(correlationId, sha256)),
        chunkItem(),
      );
      if (found.some(({ payload: one }) => one === undefined)) {
        // Also what is left where the deletion was cut short.
        await remove(correlationId, payload);
        return undefined;
      }
      await keepOn(chunksPk(correlationId, sha256), found);
      return join(
        found.map(({ payload: one }) => one).filter((one) => one !== undefined),
        chunk.count,
      );
    },
    async forget(correlationId, payload) {
      if (payload.chunk === undefined) return;
      const Item = { ...chunkKey(correlationId, payload.sha256, 'done'), ...expiry() };
      await client.send(new PutCommand({ TableName, Item }));
      await remove(correlationId, payload);
    },
  };
}

function join(chunks: Payload[], count: number): Payload | undefined {
  const [first] = chunks;
  if (first === undefined || chunks.length < count) return undefined;
  return {
    encoding: first.encoding,
    sha256: first.sha256,
    data: chunks.map((chunk) => chunk.data).join(''),
  };
}
