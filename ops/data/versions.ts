import type { Order } from '../../functions/domain/order.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { parseStored } from '../../functions/pipeline/replay/replay.ts';
import type { RawCopy } from '../../functions/storage/orders.ts';
import type { OperatorContext } from '../context.ts';

/** A field that differs between two versions, by its path. Absent: there was none. */
export interface Difference {
  field: string;
  before?: string;
  after?: string;
}

/** Bytes that are kept of an order, and what they changed beside the ones before. */
export interface Version {
  sha256: string;
  bytes: number;
  keptUntil: string;
  /** The row is made of these. */
  current: boolean;
  /** What the platform states as the time of the content. */
  updatedAt?: string;
  /** Absent of the oldest, and where one of the two cannot be read as an order. Nothing of a person. */
  differences?: Difference[];
}

/** Copies that are read; an order that changes more often shows the newest. */
const MOST = 8;

/** What is kept of an order, the newest first. @param copies as they are listed, of which the first ones are read */
export async function versionsOf(
  context: Pick<OperatorContext, 'storeOf'>,
  row: OrderRow,
  copies: readonly RawCopy[],
): Promise<Version[]> {
  const { raws, platform, store } = context.storeOf(row);
  const read = await Promise.all(
    copies.slice(0, MOST).map(async (copy) => {
      const bytes = await raws.get(row, copy);
      const content = bytes === undefined ? undefined : parseStored(platform, store, bytes);
      const found =
        content?.kind === 'orders'
          ? content.orders.find((one) => one.key.platformOrderId === row.platformOrderId)
          : undefined;
      return { copy, size: bytes?.byteLength ?? 0, order: found?.reading.order };
    }),
  );
  // What the platform says it changed last is the newest; where it does not say, what is kept the longest is.
  const newest = read.toSorted(
    (a, b) =>
      (b.order?.updatedAt ?? '').localeCompare(a.order?.updatedAt ?? '') ||
      b.copy.expiresAt - a.copy.expiresAt,
  );
  return newest.map(({ copy, size, order }, at) => {
    const before = newest[at + 1]?.order;
    return {
      sha256: copy.sha256,
      bytes: size,
      keptUntil: isoTime(copy.expiresAt * 1000),
      current: copy.sha256 === row.raw?.sha256,
      ...(order?.updatedAt === undefined ? {} : { updatedAt: order.updatedAt }),
      ...(order === undefined || before === undefined ? {} : { differences: differencesOf(before, order) }),
    };
  });
}

/** What differs between two states of an order: field by field, nothing of a person. */
export function differencesOf(before: Order, after: Order): Difference[] {
  const [old, now] = [flat(withoutPerson(before)), flat(withoutPerson(after))];
  const fields = [...new Set([...old.keys(), ...now.keys()])].sort();
  const differences = fields
    .filter((field) => old.get(field) !== now.get(field))
    .map((field): Difference => {
      const [was, is] = [old.get(field), now.get(field)];
      return {
        field,
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
      };
    });
  const person =
    JSON.stringify(before.personal) === JSON.stringify(after.personal) ? [] : [{ field: 'personal' }];
  return [...differences, ...person];
}

const withoutPerson = ({ personal: _, ...order }: Order) => order;

function flat(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value))
      flat(part, path === '' ? name : `${path}.${name}`, into);
  else if (value !== undefined) into.set(path, String(value));
  return into;
}
