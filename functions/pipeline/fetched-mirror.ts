import type { MirrorFields, MirrorReading, Stated } from '../domain/mirror-row.ts';
import { PlatformError } from '../http/errors.ts';
import type { About, Fetchable, Find } from './fetchable.ts';
import { type MirrorKey, type NewMirrorObservation, observedIn, upsertMirrored } from './mirror-writer.ts';
import { customerMirror, type Mirror, productMirror } from './mirrors.ts';
import type { StoreContext } from './store-context.ts';

/**
 * A copy of the platform's data may lag behind and not have what there is, so one answer of "not found" says nothing; a second
 * one, seconds later, does.
 */
const SURE_AFTER = 1;

/** Products, as the one way of fetching knows them. */
export const findProduct: Find = (context, id) => find(context, productMirror(context), id);

/** Customers. */
export const findCustomer: Find = (context, id) => find(context, customerMirror(context), id);

async function find<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields>(
  context: StoreContext,
  mirror: Mirror<Key, Said, Row>,
  id: string,
): Promise<Fetchable> {
  const { platform, store } = context;
  const { kind } = mirror;
  const key = kind.keyOf({ platform: platform.name, storeId: store.id, id });
  const row = await mirror.rows.get(key);
  type News = Pick<NewMirrorObservation<Key, Said>, 'reading' | 'bytes'>;
  const write = async ({ observedAt, origin, correlationId }: About, said: News) => {
    // What an earlier try left, which kept its bytes after the erasure and then ended.
    if (row?.erased !== undefined) await context.raws.forget(key);
    await upsertMirrored(context, mirror, { key, observedAt, origin, correlationId, ...said }, { row });
  };
  return {
    understoodAt: row?.state === 'ok' ? row.observedAt : undefined,
    async ask(api) {
      const { reading, bytes } = await mirror.source.get(api, id, store);
      return async (about) => {
        checkAnswer(mirror, reading, key);
        await write(about, { reading: observedIn(reading), bytes });
        return {};
      };
    },
    async showProblem(about, review, bytes) {
      await write(about, { reading: { review }, bytes });
    },
    async recordFailure(about, { kind: failure }, { notFound = 0 }) {
      if (failure !== 'not-found' || notFound < SURE_AFTER) return false;
      await write(about, { reading: { removed: true } });
      return true;
    },
  };
}

/** What was asked for, and no other. */
function checkAnswer<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields>(
  { kind }: Mirror<Key, Said, Row>,
  reading: MirrorReading<Said>,
  asked: Key,
): void {
  const answered = reading.ok ? kind.idOf(reading.said) : reading.id;
  if (answered === undefined || answered === kind.idOf(asked)) return;
  throw new PlatformError({
    platform: asked.platform,
    operation: `${kind.resource}s.get`,
    kind: 'retry-later',
    status: 200,
    detail: `Asked for ${kind.resource} ${kind.idOf(asked)}, the platform answered with ${answered}.`,
  });
}
