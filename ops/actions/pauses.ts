import { isoTime } from '../../functions/domain/time.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { createBackfillRequests } from '../../functions/storage/backfill-requests.ts';
import { createPauses, readPause } from '../../functions/storage/pauses.ts';
import type { OperatorContext } from '../context.ts';
import { storeNamed } from '../order-name.ts';

/** What a pause, or its end, did to one store. */
export interface PausedStore extends KnownStore {
  result: 'would-be-paused' | 'paused' | 'would-be-resumed' | 'resumed' | 'not-paused';
  /** ISO time at which it ends by itself. */
  until?: string;
  /** The pause that it takes the place of, as it was. */
  replaced?: { by: string; reason: string; until: string };
}

/** The stores that a person means by a platform's name, or by `PLATFORM:STORE_ID`. @throws OperatorError for anything else */
export function storesMeant({ stores, names }: OperatorContext, text: string): KnownStore[] {
  return names.includes(text)
    ? stores.filter(({ platform }) => platform === text)
    : [storeNamed(text, stores)];
}

const pausesOf = ({ control }: OperatorContext, store: KnownStore) => {
  const item = { ...control, ...store };
  return createPauses({ ...item, backfill: createBackfillRequests(item) });
};

/** Stops every call to the stores' platforms until then (epoch ms), or only says so, in place of a pause that there is. Each store stands in the audit trail. */
export async function pauseStores(
  context: OperatorContext,
  stores: readonly KnownStore[],
  { reason, until, dryRun }: { reason: string; until: number; dryRun: boolean },
): Promise<PausedStore[]> {
  const end = isoTime(until);
  const done: PausedStore[] = [];
  for (const store of stores) {
    const before = await readPause({ ...context.control, ...store }, context.control.clock.now());
    if (!dryRun)
      await context.audited('platforms pause', { ...store, reason, until: end }, async () => {
        await pausesOf(context, store).pause({ by: context.who, reason, until });
        return {};
      });
    done.push({
      ...store,
      result: dryRun ? 'would-be-paused' : 'paused',
      until: end,
      ...(before === undefined
        ? {}
        : { replaced: { by: before.by, reason: before.reason, until: isoTime(before.until) } }),
    });
  }
  return done;
}

/** Ends the stores' pauses, or says which have one. An open circuit stays open. */
export async function resumeStores(
  context: OperatorContext,
  stores: readonly KnownStore[],
  { dryRun }: { dryRun: boolean },
): Promise<PausedStore[]> {
  const done: PausedStore[] = [];
  for (const store of stores) {
    const pause = await readPause({ ...context.control, ...store }, context.control.clock.now());
    if (pause !== undefined && !dryRun)
      await context.audited('platforms resume', { ...store }, async () => {
        await pausesOf(context, store).resume();
        return {};
      });
    const result = pause === undefined ? 'not-paused' : dryRun ? 'would-be-resumed' : 'resumed';
    done.push({ ...store, result });
  }
  return done;
}
