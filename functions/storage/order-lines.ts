import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { contentHash } from '../domain/canonical-json.ts';
import { lazily } from '../domain/lazily.ts';
import type { OrderLine, ReviewReason } from '../domain/order.ts';
import type { LinesReference, OrderKey, OrderRow } from '../domain/order-row.ts';
import { isOwn, OwnError } from '../runtime/describe-error.ts';
import { getItem, inPartition, itemBytes, MAX_ITEM_BYTES, queryAll } from './dynamodb.ts';
import { copyOfLinesSk, linesKey, linesPrefix, orderPk } from './keys.ts';
import { linesItem } from './order-item.ts';

/** The table refuses a row for what is in it, however often it is written. */
export class UnstorableRow extends OwnError {
  override readonly name = 'UnstorableRow';

  static override [Symbol.hasInstance](error: unknown): boolean {
    return isOwn(error, 'UnstorableRow');
  }

  readonly reason: Extract<ReviewReason, 'too-large' | 'schema-mismatch'>;

  /** @param problem names fields and sizes, never values */
  constructor(reason: UnstorableRow['reason'], problem: string) {
    super(problem);
    this.reason = reason;
  }
}

/** The lines of an order, in as many items as they fit. */
export interface LinesAside {
  reference: LinesReference;
  chunks: OrderLine[][];
}

/** An item of lines has room for this beside its keys. */
const ROOM_BYTES = MAX_ITEM_BYTES - 8 * 1024;

/**
 * Puts the lines of a row that is too large for one item into items of their own.
 *
 * @throws UnstorableRow when the row has no lines, or one of them is too large by itself.
 */
export function partLines({ order, revision, linesAside }: OrderRow): LinesAside {
  const lines = order?.lines ?? [];
  if (lines.length === 0)
    throw new UnstorableRow('too-large', 'the order is larger than 400 KB without any lines');
  const chunks: OrderLine[][] = [];
  let room = 0;
  for (const [index, line] of lines.entries()) {
    const bytes = itemBytes({ line });
    if (bytes > ROOM_BYTES)
      throw new UnstorableRow('too-large', `line ${index + 1} of ${lines.length} alone has ${bytes} bytes`);
    const last = chunks.at(-1);
    if (last === undefined || bytes > room) {
      chunks.push([line]);
      room = ROOM_BYTES - bytes;
    } else {
      last.push(line);
      room -= bytes;
    }
  }
  const sha256 = contentHash(lines);
  // The same lines as the row that is replaced: where it has them, they stay.
  const since = linesAside?.sha256 === sha256 ? linesAside.revision : revision;
  return { reference: { revision: since, sha256, lines: lines.length, chunkCount: chunks.length }, chunks };
}

const keyItem = lazily(() => z.object({ sk: z.string() }));

/** The lines that do not fit the rows of a table. */
export interface LineStore {
  /** Writes lines under keys that no row names yet. Writing them again is harmless. */
  put(key: OrderKey, aside: LinesAside): Promise<void>;
  /** Undefined when they are not all there: somebody replaced them since the row was read. */
  get(key: OrderKey, reference: LinesReference): Promise<OrderLine[] | undefined>;
  /**
   * Deletes what a written row made useless: every copy up to its revision but the one that it names. A writer who is on
   * the way to a later revision keeps his, and one who was too late for this revision writes his again.
   */
  tidy(key: OrderKey, revision: number, named: LinesReference | undefined): Promise<void>;
}

export function createLineStore(client: DynamoDBDocumentClient, TableName: string): LineStore {
  return {
    async put(key, { reference, chunks }) {
      for (const [chunk, lines] of chunks.entries())
        await client.send(new PutCommand({ TableName, Item: { ...linesKey(key, reference, chunk), lines } }));
    },
    async get(key, reference) {
      const lines: OrderLine[] = [];
      // By their keys, because not everybody who reads rows may list an order's items.
      for (let chunk = 0; chunk < reference.chunkCount; chunk += 1) {
        const item = await getItem(client, TableName, linesKey(key, reference, chunk), linesItem);
        if (item === undefined) return undefined;
        lines.push(...(item.lines ?? []));
      }
      return lines;
    },
    async tidy(key, revision, named) {
      const pk = orderPk(key);
      const query = { ...inPartition(TableName, pk, linesPrefix()), ProjectionExpression: 'sk' };
      for (const { sk } of await queryAll(client, query, keyItem())) {
        const copy = copyOfLinesSk(sk);
        const isNamed = copy.revision === named?.revision && copy.sha256 === named.sha256;
        if (copy.revision <= revision && !isNamed)
          await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
      }
    },
  };
}
