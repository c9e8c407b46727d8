import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import { zlib } from '../runtime/zlib.ts';
import { listedIdsKey, listedIdsPrefix, reconcilePk } from './control-keys.ts';
import { inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';
import type { ListedSoFar } from './reconcile-memory.ts';

/** Remembers, between runs, which ids a list has shown that no single run reads to its end. */
export interface ListedIds {
  /** All that was remembered; undefined where some of it is not there any more. */
  load(scan: string, listed: ListedSoFar): Promise<string[] | undefined>;
  /** Remembers more of them, and answers what they are all found by. */
  add(scan: string, listed: ListedSoFar, ids: readonly string[], now: EpochMs): Promise<ListedSoFar>;
}

/** A list is begun anew each day, so nobody asks for older ones. */
const KEEP_SECONDS = 3 * 24 * 3600;
/** Of one chunk before it is compressed: what cannot be compressed fits an item (400 KB) as well. */
const MOST_BYTES = 350_000;

const chunk = lazily(() => z.object({ ids: z.instanceof(Uint8Array) }));
const idsIn = lazily(() => z.array(z.string()));

export function createListedIds(options: StoreTable): ListedIds {
  const { client, table: TableName } = options;
  const put = (scan: string, { cycle, chunks }: ListedSoFar, ids: readonly string[], now: EpochMs) =>
    client.send(
      new PutCommand({
        TableName,
        Item: {
          ...listedIdsKey(options, scan, cycle, chunks),
          ids: zlib().deflateRawSync(JSON.stringify(ids)),
          [TABLE_KEYS.expiry]: Math.floor(now / 1000) + KEEP_SECONDS,
        },
      }),
    );
  return {
    async load(scan, { cycle, chunks }) {
      if (chunks === 0) return [];
      const query = inPartition(TableName, reconcilePk(options), listedIdsPrefix(scan, cycle));
      const found = await queryAll(client, query, chunk());
      // A chunk that was written just before a run was killed is in no count: what it names was listed all the same.
      if (found.length < chunks) return undefined;
      return found.flatMap(({ ids }) => idsIn().parse(JSON.parse(zlib().inflateRawSync(ids).toString())));
    },
    async add(scan, listed, ids, now) {
      let { chunks } = listed;
      for (const some of inChunks(ids)) {
        await put(scan, { ...listed, chunks }, some, now);
        chunks += 1;
      }
      return { ...listed, chunks };
    },
  };
}

function* inChunks(ids: readonly string[]): Generator<string[], void, undefined> {
  let some: string[] = [];
  let bytes = 0;
  for (const id of ids) {
    const more = Buffer.byteLength(JSON.stringify(id)) + 1;
    if (bytes + more > MOST_BYTES) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(id);
    bytes += more;
  }
  if (some.length > 0) yield some;
}
