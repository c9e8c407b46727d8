import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { Sku } from '../domain/stock/sku.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { type ItemKey, WORK_INDEX } from './keys.ts';
import { stockPk, TELL_PREFIX, type ToTell, tellItemKey, tellWork, toTellName } from './stock-keys.ts';

/** What says in the partition of a SKU that a store is to be told of it. */
export const tellItemSchema = lazily(() =>
  z.object({ sk: z.string().startsWith(TELL_PREFIX), [WORK_INDEX.sort]: z.string() }),
);
export type TellItem = z.infer<ReturnType<typeof tellItemSchema>>;

/**
 * What makes the index of unfinished work say of a SKU what its marks say: by store, when the first of its channels is to be told,
 * and when of a price. By what it says now, so that an item that no mark stands behind goes, whoever wrote it.
 */
export function tellChanges(
  sku: string,
  listed: readonly TellItem[],
  marked: Sku,
): ({ Put: ItemKey & Record<string, unknown> } | { Delete: ItemKey })[] {
  const wanted = [...dueByStore(marked).values()].map(({ of, dueAt }) => ({
    ...tellItemKey(sku, of),
    ...workOf(of, dueAt),
  }));
  const gone = listed.filter(({ sk }) => !wanted.some((one) => one.sk === sk));
  const saysSo = (one: TellItem) =>
    listed.some(({ sk, [WORK_INDEX.sort]: at }) => sk === one.sk && at === one[WORK_INDEX.sort]);
  return [
    ...wanted.filter((one) => !saysSo(one)).map((Put) => ({ Put })),
    ...gone.map(({ sk }) => ({ Delete: { pk: stockPk(sku), sk } })),
  ];
}

export const workOf = (of: ToTell, dueAt: EpochMs) => ({
  [WORK_INDEX.partition]: tellWork(of),
  [WORK_INDEX.sort]: isoTime(dueAt),
});

/** When a store is to be told first. */
interface DueStore {
  readonly of: ToTell;
  readonly dueAt: EpochMs;
}

/** The stores whose channels are to be told of stock, and of prices, by name ({@link toTellName}). */
export function dueByStore({ marks, pricing }: Sku): Map<string, DueStore> {
  const due = new Map<string, DueStore>();
  const note = (all: Sku['marks'], what?: ToTell['what']) => {
    for (const [channel, { dueAt }] of Object.entries(all)) {
      const [platform = '', storeId = ''] = channel.split('#');
      const of = { platform, storeId, ...(what && { what }) };
      const name = toTellName(of);
      due.set(name, { of, dueAt: Math.min(due.get(name)?.dueAt ?? dueAt, dueAt) });
    }
  };
  note(marks);
  note(pricing?.marks ?? {}, 'prices');
  return due;
}
