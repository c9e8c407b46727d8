import { channelKey, type StockChannel } from '../../domain/stock/channel.ts';
import { marked, type Sku, withPriceAnswer, withUnsure } from '../../domain/stock/sku.ts';
import type { EpochMs } from '../../domain/time.ts';
import { isOwnLimit, isRefusal, mayBeOfOne, ofChosenCall, PlatformError } from '../../http/errors.ts';
import { patient } from '../../platforms/admission.ts';
import type { StoreConnection } from '../../platforms/connection.ts';
import { refusedBy, type Told } from '../../platforms/stock.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Lease } from '../../storage/runs.ts';
import type { StockStore } from '../../storage/stock.ts';
import type { StockItem } from '../../storage/stock-item.ts';
import type { TellingState } from '../../storage/stock-telling.ts';
import { answered, type Due, dueOf, tellingOf } from './due.ts';
import { followJobs, type JobFollower, keepJobs } from './follow-jobs.ts';
import { type Mover, moveSku } from './move.ts';

/** What tells the channels of one store. */
export interface Teller extends JobFollower {
  readonly connection: StoreConnection;
  readonly stock: StockStore;
  readonly state: TellingState;
  readonly lease: Lease;
  readonly clock: Clock;
}

export interface Run {
  /** Unique per call of the function. */
  readonly id: string;
  timeLeftMs(): number;
}

/** Longer than the function may run: when it is over, whoever had the store calls nobody any more (ms). */
export const LEASE_MS = 150_000;
/** A call takes no longer, with what is written after it (ms). */
const ROOM_MS = 50_000;
const WRITE_ROOM_MS = 10_000;
/** A slot of the platform's limit is waited for this long in the function (ms). */
const PATIENCE_MS = 2_000;
/** Another run has the store (ms). */
const BUSY_MS = 2_000;
/** After a failure of the platform (ms). */
const AGAIN_MS = 15_000;

/**
 * Tells a store's channels what they should show now, until there is nothing more to tell. Only one run at a time, or a value
 * could overtake a later one. Answers when to look again; undefined where there is nothing more to tell.
 */
export async function tellStore(teller: Teller, run: Run): Promise<EpochMs | undefined> {
  const { lease, clock } = teller;
  // What came to have something to tell at the end of the other run is not left to the sweep.
  if (!(await lease.acquire(run.id, LEASE_MS))) return clock.now() + BUSY_MS;
  try {
    await forgetCutOff(teller);
    for (let isFirst = true; ; isFirst = false) {
      const permission = await teller.connection.check();
      if (!permission.allowed) return permission.retryAt;
      // Before anything is told, because a job's end may leave something to tell at once.
      if (isFirst) await followJobs(teller, apiOf(teller, run));
      if (run.timeLeftMs() < ROOM_MS) return clock.now();
      const ended = await tellSome(teller, run);
      if (ended !== 'more') return earliest(ended.nextAt, await teller.following?.jobs.next(teller.name));
    }
  } finally {
    await lease.release(run.id);
  }
}

/** A run died in a call: nobody knows which of its values the platform took. */
async function forgetCutOff(teller: Teller): Promise<void> {
  const known = await teller.state.get();
  if (known === undefined || known.underWay.length === 0) return;
  teller.log.warn('a run was cut off while it told a store; all that it named is told again', {
    ...teller.name,
    skus: known.underWay.length,
  });
  for (const sku of known.underWay) await change(teller, sku, (before) => unsure(teller, before));
  await teller.state.put({ ...known, underWay: [] });
}

/** The first of two times; undefined where there is neither. */
const earliest = (one: EpochMs | undefined, other: EpochMs | undefined): EpochMs | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

const channelsOf = ({ settings, name }: Pick<Teller, 'settings' | 'name'>): StockChannel[] =>
  settings.channels.filter(({ platform, storeId }) => platform === name.platform && storeId === name.storeId);

const change = ({ stock }: Teller, sku: string, next: (before: Sku) => Sku): Promise<StockItem> =>
  stock.update(sku, next);

const unsure = (teller: Teller, before: Sku): Sku =>
  channelsOf(teller).reduce((sku, channel) => {
    const key = channelKey(channel);
    const now = teller.clock.now();
    const shown = withUnsure(sku, key, undefined, teller.settings, now);
    const prices = shown.pricing?.charged[key]?.prices;
    if (prices === undefined) return shown;
    return withPriceAnswer(shown, key, { prices, at: now, answer: UNSURE }, teller.settings);
  }, before);
const UNSURE = { outcome: 'unsure' } as const;

type Ended = 'more' | { readonly nextAt: EpochMs | undefined };

async function tellSome(teller: Teller, run: Run): Promise<Ended> {
  const { port, state, stock, name, clock, settings } = teller;
  const { most = port.perCall } = (await state.get()) ?? {};
  const skus = await stock.toTell(name, most);
  if (skus.length === 0) return { nextAt: await stock.nextToTell(name) };
  const moves = await move(teller, run, skus);
  if (moves.failure !== undefined) return { nextAt: clock.now() + (moves.failure.retryAfterMs ?? AGAIN_MS) };
  if (moves.did > 0 && run.timeLeftMs() < ROOM_MS) return { nextAt: clock.now() };
  const from = clock.now();
  const found: Due[] = [];
  let anew = 0;
  for (const sku of skus) {
    const item = await stock.get(sku);
    if (item === undefined) continue;
    const dues = dueOf(item, channelsOf(teller), settings, from);
    found.push(...dues);
    if (dues.length === 0 && (await markAnew(teller, item))) anew += 1;
  }
  // What buyers may take comes before what they pay for it; the prices are told by the next call.
  const displays = found.filter((one) => 'display' in one);
  const due = displays.length > 0 ? displays : found;
  // The index named only what was told already: it is given the time to follow.
  if (due.length === 0) return moves.did + anew > 0 ? 'more' : { nextAt: from + 1000 };
  const underWay = [...new Set(due.map(({ sku }) => sku))];
  await state.put({ underWay, most });
  const { failure, told } = withSpoiler(due, await call(teller, run, due, most));
  await write(teller, due, told, { from, failure });
  await state.put({ underWay: [], most: nextMost({ most, told: underWay.length }, port.perCall, failure) });
  // What spoils a call is looked for in smaller ones: that is nothing to wait for.
  if (failure === undefined || isRefusal(failure)) return 'more';
  return { nextAt: clock.now() + (failure.retryAfterMs ?? AGAIN_MS) };
}

/**
 * Marks of channels that the configuration has no more, or calls otherwise, are nothing to tell: they would keep all others
 * waiting for ever. Answers whether there were any.
 */
async function markAnew(teller: Teller, { sku, revision }: StockItem): Promise<boolean> {
  const now = teller.clock.now();
  const after = await change(teller, sku, (known) => marked(known, teller.settings, now));
  return after.revision !== revision;
}

/**
 * A call that is refused as a whole is so because of one of the SKUs in it, and would be for ever. Once it is about one alone,
 * that one is refused.
 */
function withSpoiler(due: readonly Due[], { told, failure }: Called): Called {
  const left = [...due.entries()].filter(([index]) => !told.has(index));
  const isOne = new Set(left.map(([, { sku }]) => sku)).size === 1;
  if (failure === undefined || !isRefusal(failure) || !isOne) return { told, failure };
  const refusal = refusedBy(failure);
  const refused = left.map(([index]) => [index, refusal] as const);
  return { told: new Map<number, Told>([...told, ...refused]), failure: undefined };
}

/**
 * A call that was too much, or was refused as a whole, is never made again at its size, which may have been less than it might
 * have been. After one that was taken the next may be larger.
 */
function nextMost(
  { most, told }: { most: number; told: number },
  perCall: number,
  failure: PlatformError | undefined,
): number {
  if (failure === undefined) return Math.min(perCall, most + Math.ceil(perCall / 10));
  const isTooMuch = failure.throttled && !isOwnLimit(failure);
  return isTooMuch || isRefusal(failure) ? Math.max(1, Math.floor(Math.min(most, told) / 2)) : most;
}

interface Called {
  readonly told: ReadonlyMap<number, Told>;
  readonly failure: PlatformError | undefined;
}

const apiOf =
  ({ connection, name, clock }: Teller, run: Run) =>
  () =>
    connection.api({
      correlationId: run.id,
      admit: patient(name.platform, connection.bucket, {
        priority: 'normal',
        clock,
        mayWait: (ms) => ms <= PATIENCE_MS,
      }),
      timeLeftMs: () => Math.max(1, run.timeLeftMs() - WRITE_ROOM_MS),
    });

async function call(teller: Teller, run: Run, due: readonly Due[], most: number): Promise<Called> {
  const { port, store } = teller;
  const told = new Map<number, Told>();
  const failure = await asking(teller, run, async (api) => {
    for await (const some of tellingOf(port, api, store, due, most))
      for (const [index, one] of some) told.set(index, one);
    return true;
  });
  return { told, failure };
}

/** Takes from the store's numbers what was sold elsewhere, where the store counts. */
async function move(
  teller: Teller,
  run: Run,
  skus: readonly string[],
): Promise<{ did: number; failure: PlatformError | undefined }> {
  const { counting } = teller.port;
  const masters = channelsOf(teller).filter(({ isMaster }) => isMaster === true);
  if (counting === undefined || masters.length === 0) return { did: 0, failure: undefined };
  let did = 0;
  let asked = false;
  const failure = await asking(teller, run, async (api) => {
    const mover: Mover = {
      ...teller,
      counting,
      api,
      mayGoOn: () => run.timeLeftMs() >= ROOM_MS,
      onAsked: () => {
        asked = true;
      },
    };
    const failures: PlatformError[] = [];
    for (const sku of skus) {
      try {
        did += await moveSku(mover, masters, sku);
      } catch (error) {
        if (!(error instanceof PlatformError && mayBeOfOne(error))) throw error;
        failures.push(error);
        if (failures.length === MOST_FAILING) break;
      }
    }
    if (failures[0] !== undefined) throw failures[0];
    return asked;
  });
  return { did, failure };
}

/** Where the calls for so many SKUs of a run fail, the platform answers nobody. */
const MOST_FAILING = 3;

/** Work that says whether it called the platform; answers why it could not be ended. */
async function asking(
  teller: Teller,
  run: Run,
  work: (api: unknown) => Promise<boolean>,
): Promise<PlatformError | undefined> {
  const api = apiOf(teller, run)();
  try {
    if (await work(api)) await teller.connection.succeeded();
    return undefined;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const failure = ofChosenCall(error);
    await teller.connection.failed(failure, run.id);
    return failure;
  }
}

async function write(
  teller: Teller,
  due: readonly Due[],
  told: Called['told'],
  { from, failure }: { from: EpochMs; failure: PlatformError | undefined },
): Promise<void> {
  const { settings, clock, metrics, name, log } = teller;
  const to = clock.now();
  // What the platform surely did not hear of stays as it is known.
  const mayHaveTaken = failure === undefined || failure.outcomeUnknown;
  let taken = 0;
  let refused = 0;
  for (const [index, said] of due.entries()) {
    const one = told.get(index);
    if (one === undefined && !mayHaveTaken) continue;
    const { sku, channel } = said;
    const times = { from, to, now: clock.now() };
    await change(teller, sku, (before) => answered(before, said, one, settings, times));
    if (one?.outcome === 'taken') taken += 1;
    if (one?.outcome === 'refused') {
      refused += 1;
      log.warn('a platform refuses what it was told of a SKU', {
        ...name,
        channel,
        sku,
        reason: one.reason,
      });
    }
  }
  await keepJobs(teller, due, told, { from, to });
  metrics.add('StockTold', name.platform, taken);
  metrics.add('StockRejected', name.platform, refused);
}
