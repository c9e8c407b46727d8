import { channelKey, type StockChannel } from '../../domain/stock/channel.ts';
import { linkOf } from '../../domain/stock/links.ts';
import { isOutdated, movesAt } from '../../domain/stock/master.ts';
import { withCounted, withMove, withoutOwnSales } from '../../domain/stock/mastered.ts';
import {
  begun,
  type Counted,
  changeOf,
  foundMade,
  inDoubt,
  type Move,
  type MoveCall,
  made,
  needless,
  nextOf,
  notMade,
  verdictOf,
} from '../../domain/stock/move.ts';
import type { Place } from '../../domain/stock/places.ts';
import type { StockSettings } from '../../domain/stock/settings.ts';
import { claimKey, type Sku } from '../../domain/stock/sku.ts';
import type { EpochMs } from '../../domain/time.ts';
import { PlatformError } from '../../http/errors.ts';
import type { CountingPort, TellingOf } from '../../platforms/stock.ts';
import type { Store } from '../../platforms/store.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { Log } from '../../runtime/telemetry.ts';
import type { StoreName } from '../../storage/keys.ts';
import type { StockStore } from '../../storage/stock.ts';

/** What takes from a store's numbers what was sold elsewhere. Whoever has it holds the lease on the store. */
export interface Mover {
  readonly name: StoreName;
  readonly counting: CountingPort;
  readonly api: unknown;
  readonly store: Store;
  readonly stock: Pick<StockStore, 'read' | 'update'>;
  readonly settings: StockSettings;
  /** Whether there is time for another change. */
  mayGoOn(): boolean;
  /** Hears that the platform is asked. */
  onAsked(): void;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** One product of the store, and the place whose number it is. */
interface Counting {
  readonly of: TellingOf;
  readonly place: Place;
}

/**
 * Does at the master what is due of a SKU: makes the changes that are wanted, one after the other, looks what became of those
 * whose end nobody wrote down, and reads the number where it is from before a sale of the platform's own. Answers how much it
 * did.
 *
 * @param masters the store's channels
 * @throws PlatformError when the platform cannot be asked now; what was done stays written down
 */
export async function moveSku(mover: Mover, masters: readonly StockChannel[], sku: string): Promise<number> {
  let did = 0;
  for (const channel of masters) {
    const [place] = channel.sells;
    for (let goesOn = place !== undefined; goesOn && place !== undefined && mover.mayGoOn(); ) {
      goesOn = await doNext(mover, channel, { sku, place });
      if (goesOn) did += 1;
    }
  }
  return did;
}

/** Answers whether anything was to be done. */
async function doNext(
  mover: Mover,
  channel: StockChannel,
  { sku, place }: { sku: string; place: Place },
): Promise<boolean> {
  const known = await mover.stock.read(sku);
  const linked = linkOf(known.links, channel);
  const mark = known.marks[channelKey(channel)];
  const now = mover.clock.now();
  if (linked.state !== 'linked' || mark === undefined || mark.dueAt > now) return false;
  const { outletId, locationId } = channel;
  const counting = { of: { sku, link: linked.link, outletId, locationId }, place };
  const next = nextOf(movesAt(known, place), mark.since);
  if (next !== undefined && next.dueAt <= now)
    await (next.move.call === undefined ? change : look)(mover, counting, next.move);
  else if (isOutdated(known, place)) await recount(mover, counting);
  else return false;
  return true;
}

interface Asked extends Counted {
  /** When it was asked for, by our clock (epoch ms). */
  readonly at: EpochMs;
}

async function ask({ counting, api, store, clock, onAsked }: Mover, { of }: Counting): Promise<Asked> {
  onAsked();
  const at = clock.now();
  return { ...(await counting.count(api, store, of)), at };
}

/** What is written of a move and of the number, at once: so nothing is counted twice, and nothing is forgotten. */
async function write(
  { stock, settings, clock }: Mover,
  { of, place }: Counting,
  move: Move,
  { next, counted }: { next: (known: Move, sku: Sku) => Move; counted?: Asked | undefined },
): Promise<Move | undefined> {
  const key = claimKey(move);
  let written: Move | undefined;
  const change = (sku: Sku): Sku => {
    const known = sku.moves[key];
    written = undefined;
    // Only who holds the lease begins and ends calls; a wish may change meanwhile.
    if (known === undefined || known.call?.at !== move.call?.at) return sku;
    written = next(known, sku);
    const now = clock.now();
    const after = withMove(sku, written, settings, now);
    return counted === undefined ? after : withCounted(after, place, counted, counted.at, settings, now);
  };
  await stock.update(of.sku, change, key);
  return written;
}

/** Makes a change once: what it is recognised by is written down before the call, and its end after it. */
async function change(mover: Mover, counting: Counting, move: Move): Promise<void> {
  if (changeOf(move) === 0) {
    await write(mover, counting, move, {
      next: (known) => (changeOf(known) === 0 ? needless(known) : known),
    });
    return;
  }
  try {
    const before = await ask(mover, counting);
    if (before.units === null) {
      await write(mover, counting, move, { next: needless, counted: before });
      return;
    }
    const next = (known: Move) => (changeOf(known) === 0 ? needless(known) : begun(known, before, before.at));
    const running = await write(mover, counting, move, { next, counted: before });
    if (running?.call !== undefined) await call(mover, counting, { ...running, call: running.call });
  } catch (error) {
    if (!isOfProduct(error)) throw error;
    const reason = error.said ?? error.detail ?? `HTTP ${error.status ?? ''}`;
    const refused = { at: mover.clock.now(), reason };
    await write(mover, counting, move, { next: (known) => ({ ...known, refused }) });
    mover.metrics.add('StockRejected', mover.name.platform, 1);
    mover.log.warn('a platform refuses to change its number of a SKU; it is asked again after an hour', {
      ...mover.name,
      ...naming(counting, move),
      error: describeError(error),
    });
  }
}

/** It is about this product, and keeps no other one out: also an answer about it that nobody understands. */
const isOfProduct = (error: unknown): error is PlatformError =>
  error instanceof PlatformError && ['refused', 'not-found', 'invalid-response'].includes(error.kind);

async function call(
  mover: Mover,
  counting: Counting,
  move: Move & { readonly call: MoveCall },
): Promise<void> {
  const { api, store, counting: port, metrics, name } = mover;
  try {
    await port.change(api, store, counting.of, move.call.change);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    // What may have been done is looked at later: then its own sales of this moment are known.
    if (error.outcomeUnknown && isOfProduct(error)) return;
    if (!error.outcomeUnknown) await write(mover, counting, move, { next: notMade });
    throw error;
  }
  const after = await ask(mover, counting).catch((error: unknown) => {
    if (error instanceof PlatformError) return undefined;
    throw error;
  });
  await write(mover, counting, move, {
    next: (known) => made(known, after?.units ?? undefined),
    counted: after,
  });
  metrics.add('StockMoved', name.platform, 1);
}

/** Somebody was cut off in a call, or its answer is lost: the number says what became of it, or nobody can. */
async function look(mover: Mover, counting: Counting, move: Move): Promise<void> {
  const { call } = move;
  if (call === undefined) return;
  // A product that is gone says nothing any more.
  const counted = await unlessRefused(ask(mover, counting));
  const becomes = {
    made: (known: Move) => foundMade(known, counted?.units ?? undefined),
    'not-made': notMade,
    hidden: inDoubt,
  };
  // A sale that is heard of meanwhile is known in this write, or takes back what it says.
  const next = (known: Move, { ownAt }: Sku) => {
    const verdict = counted === undefined ? 'hidden' : verdictOf(call, counted, ownAt?.[counting.place]);
    return becomes[verdict](known);
  };
  const written = await write(mover, counting, move, { next, counted });
  if (written?.state !== 'in-doubt') return;
  mover.metrics.add('StockMoveInDoubt', mover.name.platform, 1);
  mover.log.error(
    'nobody can tell whether a platform changed its number; "stock settle" takes what a person says',
    {
      ...mover.name,
      ...naming(counting, move),
      before: call.before,
      change: call.change,
      after: counted?.units ?? 'not known',
    },
  );
}

async function recount(mover: Mover, counting: Counting): Promise<void> {
  const { stock, settings, clock } = mover;
  const { of, place } = counting;
  const counted = await ask(mover, counting).catch((error: unknown) => {
    if (!isOfProduct(error)) throw error;
    if (error.kind === 'invalid-response') tellOdd(mover, counting, error);
    return undefined;
  });
  await stock.update(of.sku, (sku) =>
    counted === undefined
      ? withoutOwnSales(sku, place, settings, clock.now())
      : withCounted(sku, place, counted, counted.at, settings, clock.now()),
  );
}

async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isOfProduct(error)) return undefined;
    throw error;
  }
}

/** Nobody asks for the number again until the next sale, so a person looks. */
function tellOdd({ metrics, name, log }: Mover, { of, place }: Counting, error: PlatformError): void {
  metrics.add('StockRejected', name.platform, 1);
  log.warn('a platform tells its number of a SKU in a form that nobody knows; what was known of it stays', {
    ...name,
    sku: of.sku,
    place,
    error: describeError(error),
  });
}

const naming = ({ of, place }: Counting, { order, line }: Move) => ({ sku: of.sku, place, order, line });
