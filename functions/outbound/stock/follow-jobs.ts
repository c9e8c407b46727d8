import { isNewsOf, type JobTold, withJobDone, withJobRefused } from '../../domain/stock/job-ends.ts';
import type { StockSettings } from '../../domain/stock/settings.ts';
import type { EpochMs } from '../../domain/time.ts';
import { PlatformError } from '../../http/errors.ts';
import type { JobEnd, StockPort, Told } from '../../platforms/stock.ts';
import type { Store } from '../../platforms/store.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { Log } from '../../runtime/telemetry.ts';
import { type JobResults, short } from '../../storage/job-results.ts';
import type { StoreName } from '../../storage/keys.ts';
import type { StockStore } from '../../storage/stock.ts';
import type { StockJob, StockJobs } from '../../storage/stock-jobs.ts';
import type { Due } from './due.ts';

/** What remembers the jobs of a platform that works in jobs. */
export interface JobFollowing {
  readonly jobs: StockJobs;
  /** What the platform's webhook said of them. */
  readonly results: Pick<JobResults, 'ended'>;
}

/** What tells the channels of a store, as far as the jobs are concerned that begin with it. */
export interface JobFollower {
  readonly name: StoreName;
  readonly port: StockPort;
  readonly store: Store;
  readonly stock: Pick<StockStore, 'get' | 'update'>;
  readonly settings: StockSettings;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Of a platform that works in jobs. */
  readonly following?: JobFollowing | undefined;
}

/** A job's end is looked for after so long, and then each time after twice as long (ms). */
const FIRST_LOOK_MS = 60_000;
const LONGEST_PAUSE_MS = 600_000;
/** The platform is asked where its webhook has said nothing for so long (ms). */
const ASKED_AFTER_MS = 600_000;
/** Nobody tells how it ended, and nobody will (ms). */
const GIVEN_UP_AFTER_MS = 24 * 3_600_000;

const nextLook = ({ looks }: Pick<StockJob, 'looks'>, now: EpochMs): EpochMs =>
  now + Math.min(LONGEST_PAUSE_MS, FIRST_LOOK_MS * 2 ** looks);

/** Keeps the jobs that a call began. @param from of the call: when it began, and when it was answered */
export async function keepJobs(
  { following, name, clock }: JobFollower,
  due: readonly Due[],
  told: ReadonlyMap<number, Told>,
  times: { readonly from: EpochMs; readonly to: EpochMs },
): Promise<void> {
  if (following === undefined) return;
  const jobs = new Map<string, StockJob>();
  for (const [index, { sku, channel, ...of }] of due.entries()) {
    const one = told.get(index);
    if (one?.outcome !== 'taken' || one.job === undefined) continue;
    const what = 'prices' in of ? 'prices' : 'display';
    const job = jobs.get(one.job) ?? {
      jobId: one.job,
      what,
      from: what === 'display' ? times.from : times.to,
      told: {},
      looks: 0,
    };
    job.told[channel] = [...(job.told[channel] ?? []), sku];
    if ('display' in of)
      job.displays = { ...job.displays, [channel]: [...(job.displays?.[channel] ?? []), of.display] };
    else job.prices = { ...job.prices, [channel]: [...(job.prices?.[channel] ?? []), of.prices] };
    jobs.set(one.job, job);
  }
  for (const job of jobs.values()) await following.jobs.put(name, job, nextLook(job, clock.now()));
}

/** Jobs of a run are followed for so long, because what channels show waits meanwhile (ms). */
const FOLLOWED_FOR_MS = 20_000;

/** Looks how the jobs ended that are to be looked at by now, as many as there is time for; the next run goes on with the others. */
export async function followJobs(teller: JobFollower, api: () => unknown): Promise<void> {
  const { following, name, clock, log } = teller;
  if (following === undefined) return;
  const until = clock.now() + FOLLOWED_FOR_MS;
  for (const job of await following.jobs.due(name)) {
    if (clock.now() > until) return;
    const end = await endOf(teller, following, job, api);
    const now = clock.now();
    if (end !== undefined) await settle(teller, job, end);
    else if (now - job.from < GIVEN_UP_AFTER_MS) {
      const looks = job.looks + 1;
      await following.jobs.put(name, { ...job, looks }, nextLook({ looks }, now));
      continue;
    } else {
      log.warn('nobody told how a job of the platform ended', { ...name, jobId: job.jobId });
      await giveUp(teller, job);
    }
    await following.jobs.remove(name, job.jobId);
  }
}

/** How a job ended, as far as anybody says. */
async function endOf(
  { port, store, clock, log, name }: JobFollower,
  { results }: JobFollowing,
  { jobId, from }: StockJob,
  api: () => unknown,
): Promise<JobEnd | undefined> {
  const said = await results.ended(jobId);
  if (said?.failed !== undefined || said?.rejected !== undefined) return said;
  // A webhook that only says that it ended leaves open which products it left as they were.
  if (said === undefined && clock.now() - from < ASKED_AFTER_MS) return undefined;
  try {
    return await port.jobEnd?.(api(), store, jobId);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    log.warn('the platform does not say how a job ended; it is asked again', {
      ...name,
      jobId,
      error: describeError(error),
    });
    return undefined;
  }
}

async function settle(teller: JobFollower, job: StockJob, { failed, rejected = [] }: JobEnd): Promise<void> {
  const { stock, settings, clock, metrics, name, log } = teller;
  const reasons = new Map(rejected.map(({ product, reasons: said }) => [short(product.trim()), said]));
  let refused = 0;
  for (const [sku, told] of toldBy(job)) {
    const said = reasons.get(short(sku)) ?? (failed === undefined ? undefined : [GAVE_UP]);
    if (said === undefined) {
      const item = await stock.get(sku);
      if (item !== undefined && isNewsOf(item, told))
        await stock.update(sku, (known) => withJobDone(known, told, settings, clock.now()));
      continue;
    }
    refused += 1;
    const reason = said.join('; ') || NO_REASON;
    await stock.update(sku, (known) => withJobRefused(known, told, reason, settings, clock.now()));
    log.warn('a job of the platform refuses what it was told of a SKU', {
      ...name,
      channel: told.channel,
      sku,
      jobId: job.jobId,
      codes: said.filter((one) => CODE.test(one)).slice(0, MOST_CODES),
    });
  }
  metrics.add('StockRejected', name.platform, refused);
}

/**
 * The comparison at night finds what a job left of stock. Nobody compares prices: they stand as refused, and are told again as what was
 * refused is.
 */
async function giveUp({ stock, settings, clock, metrics, name }: JobFollower, job: StockJob): Promise<void> {
  if (job.what === 'display') return;
  let refused = 0;
  for (const [sku, told] of toldBy(job)) {
    const { pricing } = await stock.update(sku, (known) => {
      const now = clock.now();
      // What the channel was told since may have been undone by the job.
      return withJobRefused(withJobDone(known, told, settings, now), told, NOBODY_TOLD, settings, now);
    });
    if (pricing?.rejected[told.channel]?.reason === NOBODY_TOLD) refused += 1;
  }
  metrics.add('StockRejected', name.platform, refused);
}

/** What a job was asked to do, with the SKU of each. */
const toldBy = ({ told, what, from, displays, prices }: StockJob): [string, JobTold][] =>
  Object.entries(told).flatMap(([channel, skus]) =>
    skus.map((sku, index): [string, JobTold] => [
      sku,
      { channel, what, from, display: displays?.[channel]?.[index], prices: prices?.[channel]?.[index] },
    ]),
  );

const NO_REASON = 'The platform left the product as it was, and does not say why.';
const GAVE_UP = 'The platform gave up the job.';
const NOBODY_TOLD = 'The platform did not say within a day how its job ended; it is told again.';
/** As codes are written; any other text of a platform may quote what it was sent, and stands in no log. */
const CODE = /^[A-Z][A-Z\d_]{1,59}$/;
const MOST_CODES = 5;
