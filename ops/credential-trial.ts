import type { Channel } from '../config/merchant.ts';
import type { Store } from '../functions/platforms/store.ts';
import type { OperatorContext } from './context.ts';
import type { Filled } from './credential-input.ts';
import { slotName } from './credentials.ts';
import { type LiveRead, readLive } from './store-check.ts';

/** What a call showed of a store. */
export interface Tried {
  store: Store;
  live: LiveRead;
  /** Those of the credentials at hand that the call was made with. */
  used: ReadonlySet<string>;
}

/** One harmless call for each store, with what is to be written where there is anything. */
export function tryAll(
  context: OperatorContext,
  { platform }: Channel,
  stores: readonly Store[],
  filled: readonly Filled[],
): Promise<Tried[]> {
  return Promise.all(
    stores.map(async (store) => {
      const own = filled.filter(({ slot }) => slot.storeId === undefined || slot.storeId === store.id);
      const used = new Set<string>();
      const given = watched(own, used);
      const live = await readLive(context, { platform: platform.name, storeId: store.id }, given);
      return { store, live, used };
    }),
  );
}

/** Credentials by their names; `used` gets the name of each as soon as it is read. */
function watched(filled: readonly Filled[], used: Set<string>): Readonly<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  for (const { slot, value } of filled)
    Object.defineProperty(given, slot.credential, {
      enumerable: true,
      get() {
        used.add(slot.credential);
        return value;
      },
    });
  return given;
}

/** A secret of which no call showed whether it is good. */
export interface NotTried {
  secret: string;
  why: string;
}

/** Which of the secrets were not tried, because the platform's harmless call does without them or could not be made. */
export function notTried(given: readonly Filled[], tried: readonly Tried[]): NotTried[] {
  return given.flatMap(({ slot }) => {
    const answered = tried.filter(
      ({ store, live }) =>
        live.outcome === 'good' && (slot.storeId === undefined || slot.storeId === store.id),
    );
    if (answered.some(({ used }) => used.has(slot.credential))) return [];
    const why = answered.length > 0 ? 'the check does not use it' : 'no call could be made';
    return [{ secret: slotName(slot), why }];
  });
}
