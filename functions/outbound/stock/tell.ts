import { marked, type Sku } from '../../domain/stock/sku.ts';
import type { EpochMs } from '../../domain/time.ts';
import { isRefusal, mayBeOfOne, PlatformError } from '../../http/errors.ts';
import type { StockItem } from '../../storage/stock-item.ts';
import type { ToTell } from '../../storage/stock-keys.ts';
import type { DueSku, Telling } from '../../storage/stock-telling.ts';
import { answered, type Due, dueOf } from './due.ts';
import { followJobs, keepJobs } from './follow-jobs.ts';
import { type Mover, moveSku } from './move.ts';
import { unlessNamed } from './named.ts';
import { narrowedTo, nextMost, nextNarrowed, withSpoiler } from './narrowing.ts';
import { takeUpTelling } from './take-up.ts';
import { apiOf, asking, type Called, call, channelsOf, type Run, type Teller } from './teller.ts';
import {
  againAt,
  behindCall,
  behindPage,
  behindSkus,
  type Failed,
  isHopeless,
  placeBehind,
  placedAt,
  type Walk,
  walkFrom,
} from './walk.ts';

/** Longer than the function may run: when it is over, whoever had the store calls nobody any more (ms). */
export const LEASE_MS = 150_000;
/** A call takes no longer, with what is written after it (ms). */
const ROOM_MS = 50_000;
/** Another run has the store (ms). */
const BUSY_MS = 2_000;

/**
 * Tells a store's channels what they should show now, until there is nothing more to tell. Only one run at a time, or a value
 * could overtake a later one. Answers when the store is to be named again; undefined where there is nothing more to tell, or a message
 * comes in time as it is.
 */
export async function tellStore(teller: Teller, run: Run): Promise<EpochMs | undefined> {
  const { lease, clock } = teller;
  // What came to have something to tell at the end of the other run is not left to the sweep.
  if (!(await lease.acquire(run.id, LEASE_MS))) return clock.now() + BUSY_MS;
  try {
    return await unlessNamed(teller, await tellAll(teller, run));
  } finally {
    await lease.release(run.id);
  }
}

async function tellAll(teller: Teller, run: Run): Promise<EpochMs | undefined> {
  const { clock } = teller;
  const known = await takeUpTelling(teller);
  let turn: Turn = { display: walkFrom('display', known), prices: walkFrom('prices', known) };
  for (let isFirst = true; ; isFirst = false) {
    const permission = await teller.connection.check();
    if (!permission.allowed) return permission.retryAt;
    // Before anything is told, because a job's end may leave something to tell at once.
    if (isFirst) await followJobs(teller, apiOf(teller, run));
    if (run.timeLeftMs() < ROOM_MS) return clock.now();
    const next = await tellNext(teller, run, turn);
    if ('nextAt' in next) return earliest(next.nextAt, await teller.following?.jobs.next(teller.name));
    turn = next;
  }
}

/** How far a run is with what channels show, and with what they charge. `rest`: there was nothing more to show when it last looked. */
interface Turn extends Readonly<Record<Walk['what'], Walk>> {
  readonly rest?: Rest;
}

/** What buyers may take comes before what they pay for it: a list of prices is told call by call, and stock in between. */
async function tellNext(teller: Teller, run: Run, turn: Turn): Promise<Turn | Rest> {
  let { rest } = turn;
  if (rest?.isPause !== true || (rest.nextAt ?? 0) <= teller.clock.now()) {
    const ended = await tellSome(teller, run, turn.display);
    if ('what' in ended) return { ...turn, display: ended };
    if (ended.isOver === undefined) return ended;
    rest = ended;
  }
  const ended = await tellSome(teller, run, turn.prices);
  if ('what' in ended) return { ...turn, rest, prices: ended };
  return ended.isOver === undefined ? ended : { nextAt: earliest(rest.nextAt, ended.nextAt) };
}

/** The first of two times; undefined where there is neither. */
const earliest = (one: EpochMs | undefined, other: EpochMs | undefined): EpochMs | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

const change = ({ stock }: Teller, sku: string, next: (before: Sku) => Sku): Promise<StockItem> =>
  stock.update(sku, next);

interface Rest {
  readonly nextAt: EpochMs | undefined;
  /** There was nothing to tell that did not fail; absent where the platform is to be asked for nothing more. */
  readonly isOver?: true;
  /** Nobody looks again before that. */
  readonly isPause?: true;
}
type Ended = Walk | Rest;

async function tellSome(teller: Teller, run: Run, before: Walk): Promise<Ended> {
  const { port, state, stock, clock } = teller;
  const known = (await state.get()) ?? { underWay: [], most: port.perCall };
  // However small a call is: what was looked at in vain would keep a run from all behind it.
  const page = await stock.toTell(toTellOf(teller, before), port.perCall, before.after);
  if (page.length === 0) return atEnd(teller, before, known);
  const { did, walk, nextAt } = await move(teller, run, before, page);
  if (nextAt !== undefined) {
    const behind = placeBehind(page, walk);
    if (behind !== undefined) await state.put(placedAt(known, walk, behind));
    return { nextAt };
  }
  if (did > 0 && run.timeLeftMs() < ROOM_MS) return { nextAt: clock.now() };
  const from = clock.now();
  const { due, anew } = await lookAt(teller, walk, page, known, from);
  if (due.length === 0) return did + anew > 0 ? walk : afterNothing(teller, walk, page, known);
  const underWay = [...new Set(due.map(({ sku }) => sku))];
  await state.put({ ...known, underWay });
  const { failure, told } = withSpoiler(due, await call(teller, run, due, known.most));
  await write(teller, due, told, { from, failure });
  const untold = due.filter((_, index) => !told.has(index));
  const next = behindFailure(teller, { walk, untold, page }, failure);
  const most = nextMost({ most: known.most, told: underWay.length }, port.perCall, failure, next.goesOn);
  const { narrowed: _, ...others } = known;
  const narrowed = nextNarrowed(known, { due, untold }, port.perCall, next.goesOn ? failure : undefined);
  const after = { ...others, ...narrowed, underWay: [], most };
  const behind = next.goesOn ? undefined : placeBehind(page, next.walk);
  await state.put(behind === undefined ? after : placedAt(after, walk, behind));
  return next.goesOn || failure === undefined ? next.walk : { nextAt: againAt(failure, clock.now()) };
}

/** What is due of a page; and of how many SKUs the marks were made anew, which were due of nothing. */
async function lookAt(
  teller: Teller,
  { what, failing }: Walk,
  page: readonly DueSku[],
  known: Telling,
  now: EpochMs,
): Promise<{ due: readonly Due[]; anew: number }> {
  const channels = channelsOf(teller);
  const found: Due[] = [];
  let skus = 0;
  let anew = 0;
  for (const { sku } of page) {
    if (skus >= known.most) break;
    const item = await teller.stock.get(sku);
    if (item === undefined) continue;
    const dues = dueOf(item, channels, teller.settings, now).filter((one) => what in one);
    const open = failing.skus.has(sku) ? [] : dues.filter(({ channel }) => !failing.channels.has(channel));
    found.push(...open);
    if (open.length > 0) skus += 1;
    if (dues.length === 0 && (await markAnew(teller, item))) anew += 1;
  }
  return { due: narrowedTo(found, known), anew };
}

/** What spoils a call that is refused is looked for in smaller ones: that is nothing to wait for. */
const behindFailure = (
  teller: Teller,
  { walk, untold, page }: { walk: Walk; untold: readonly Due[]; page: readonly DueSku[] },
  failure: PlatformError | undefined,
): Failed =>
  failure === undefined || isRefusal(failure)
    ? { walk, goesOn: true }
    : behindCall(walk, untold, page, {
        failure,
        channels: channelsOf(teller).length,
        now: teller.clock.now(),
      });

/** Nothing is due behind what was looked at. Where the run began behind the front, and nothing failed, it goes on there. */
async function atEnd(teller: Teller, { after, ...walk }: Walk, known: Telling): Promise<Ended> {
  const { state, stock } = teller;
  const { nextAfter: next } = walk;
  if (after !== undefined || next !== undefined) await state.put(placedAt(known, walk, next));
  if (walk.againAt !== undefined) return { nextAt: walk.againAt, isOver: true };
  return after === undefined
    ? { nextAt: await stock.nextToTell(toTellOf(teller, walk)), isOver: true }
    : walk;
}

const toTellOf = ({ name }: Teller, { what }: Pick<Walk, 'what'>): ToTell =>
  what === 'prices' ? { ...name, what } : name;

/** The index named only what was told already, which is given the time to follow, or what failed in this run. */
async function afterNothing(
  { state, clock }: Teller,
  walk: Walk,
  page: readonly DueSku[],
  known: Telling,
): Promise<Ended> {
  const after = page.at(-1);
  if (walk.againAt === undefined || after === undefined)
    return { nextAt: clock.now() + 1000, isOver: true, isPause: true };
  await state.put(placedAt(known, walk, after));
  return behindPage(walk, after) ?? { nextAt: walk.againAt, isOver: true, isPause: true };
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
 * Takes from the store's numbers what was sold elsewhere, where the store counts. Answers `nextAt` where the platform can't be asked
 * now.
 */
async function move(
  teller: Teller,
  run: Run,
  walk: Walk,
  page: readonly DueSku[],
): Promise<{ did: number; walk: Walk; nextAt?: EpochMs }> {
  const { counting } = teller.port;
  const masters = channelsOf(teller).filter(({ isMaster }) => isMaster === true);
  if (walk.what === 'prices' || counting === undefined || masters.length === 0) return { did: 0, walk };
  let did = 0;
  let asked = false;
  const stuck: string[] = [];
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
    let first: PlatformError | undefined;
    for (const { sku } of page.filter((one) => !walk.failing.skus.has(one.sku))) {
      try {
        did += await moveSku(mover, masters, sku);
      } catch (error) {
        if (!(error instanceof PlatformError && mayBeOfOne(error))) throw error;
        first ??= error;
        stuck.push(sku);
        if (isHopeless(walk, stuck.length)) break;
      }
    }
    if (first !== undefined) throw first;
    return asked;
  });
  if (failure === undefined) return { did, walk };
  const now = teller.clock.now();
  const behind = behindSkus(walk, stuck, { failure, now });
  return { did, walk: behind.walk, ...(behind.goesOn ? {} : { nextAt: againAt(failure, now) }) };
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
  const known = [...due.entries()].flatMap(([index, said]) => {
    const one = told.get(index);
    return one === undefined && !mayHaveTaken ? [] : [{ said, one }];
  });
  // A write for each outlet of a large chain would take longer than the function may run, and nothing would ever be known.
  for (const [sku, ofSku] of Map.groupBy(known, ({ said }) => said.sku)) {
    const times = { from, to, now: clock.now() };
    await change(teller, sku, (before) =>
      ofSku.reduce((after, { said, one }) => answered(after, said, one, settings, times), before),
    );
  }
  const refusals = known.flatMap(({ said: { sku, channel }, one }) =>
    one?.outcome === 'refused' ? [{ ...name, channel, sku, reason: one.reason }] : [],
  );
  for (const refusal of refusals) log.warn('a platform refuses what it was told of a SKU', refusal);
  await keepJobs(teller, due, told, { from, to });
  metrics.add('StockTold', name.platform, known.filter(({ one }) => one?.outcome === 'taken').length);
  metrics.add('StockRejected', name.platform, refusals.length);
}
