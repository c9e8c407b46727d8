import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { type EpochMs, epochMs } from '../domain/time.ts';
import { FOUND_CURRENT_PREFIX, foundCurrentKey, reconcilePk } from './control-keys.ts';
import { inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';

/** What a scan listed and found current. */
export interface FoundCurrent {
  /** Epoch ms: of rows that changed since, nothing here counts. */
  readonly checkedAt: EpochMs;
  /** By fingerprint of what was listed, a whole number of 48 bits: when its row was read (epoch ms). */
  readonly readAt: ReadonlyMap<number, EpochMs>;
}

/** Remembers, between runs, which entries of a list were found current. */
export interface FoundCurrentStore {
  /** By the scan's name. What cannot be read is left out: a row is read once more. */
  load(): Promise<Map<string, FoundCurrent>>;
  /** @param found at most {@link MOST_FOUND} */
  save(scan: string, found: FoundCurrent): Promise<void>;
  /** Has each row read again by the next run. Answers how many scans it concerns. */
  forget(): Promise<number>;
}

/** Bounds the item: an item has 400 KB. */
export const MOST_FOUND = 40_000;
/** Longer ago than this, nothing that was found current counts (ms): a row that was lost in the table is missed again within it. */
export const FOUND_CURRENT_MS = 12 * 3_600_000;

const FINGERPRINT_BYTES = 6;
const AGE_BYTES = 2;
/** What one entry takes of the item. */
export const FOUND_BYTES = FINGERPRINT_BYTES + AGE_BYTES;
const MINUTE_MS = 60_000;
const OLDEST_MINUTES = 0xffff;

const item = lazily(() =>
  z.object({
    sk: z.string(),
    checkedAt: epochMs(),
    entries: z.instanceof(Uint8Array).refine(({ byteLength }) => byteLength % FOUND_BYTES === 0),
  }),
);
const key = lazily(() => z.object({ sk: z.string() }));

export function createFoundCurrentStore(options: StoreTable): FoundCurrentStore {
  const { client, table: TableName } = options;
  const all = inPartition(TableName, reconcilePk(options), FOUND_CURRENT_PREFIX);
  const scanOf = (sk: string) => sk.slice(FOUND_CURRENT_PREFIX.length);
  return {
    async load() {
      const found = await queryAll(client, all, z.unknown());
      return new Map(
        found.flatMap((one) => {
          const { data } = item().safeParse(one);
          return data === undefined ? [] : [[scanOf(data.sk), unpack(data)] as const];
        }),
      );
    },
    async save(scan, found) {
      const Item = {
        ...foundCurrentKey(options, scan),
        checkedAt: found.checkedAt,
        entries: pack(found),
        [TABLE_KEYS.expiry]: Math.ceil((found.checkedAt + FOUND_CURRENT_MS) / 1000),
      };
      await client.send(new PutCommand({ TableName, Item }));
    },
    async forget() {
      const found = await queryAll(client, all, key());
      for (const { sk } of found)
        await client.send(new DeleteCommand({ TableName, Key: foundCurrentKey(options, scanOf(sk)) }));
      return found.length;
    },
  };
}

/** Six bytes of fingerprint and two of age, in whole minutes, for each. */
function pack({ checkedAt, readAt }: FoundCurrent): Uint8Array {
  const bytes = Buffer.alloc(readAt.size * FOUND_BYTES);
  let at = 0;
  for (const [fingerprint, when] of readAt) {
    // Rounded up: what was read is never younger for being written down.
    const minutes = Math.min(OLDEST_MINUTES, Math.max(0, Math.ceil((checkedAt - when) / MINUTE_MS)));
    bytes.writeUIntBE(fingerprint, at, FINGERPRINT_BYTES);
    bytes.writeUInt16BE(minutes, at + FINGERPRINT_BYTES);
    at += FOUND_BYTES;
  }
  return bytes;
}

function unpack({ checkedAt, entries }: { checkedAt: EpochMs; entries: Uint8Array }): FoundCurrent {
  const bytes = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
  const readAt = new Map<number, EpochMs>();
  for (let at = 0; at < bytes.length; at += FOUND_BYTES) {
    const age = bytes.readUInt16BE(at + FINGERPRINT_BYTES) * MINUTE_MS;
    readAt.set(bytes.readUIntBE(at, FINGERPRINT_BYTES), checkedAt - age);
  }
  return { checkedAt, readAt };
}
