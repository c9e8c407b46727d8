import * as z from 'zod';
import { RESOURCES } from '../../domain/resource.ts';
import { isoTime } from '../../domain/time.ts';
import type { IntakePlatform } from '../../platforms/platform.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError, OwnError } from '../../runtime/describe-error.ts';
import type { Invocation, Runtime } from '../../runtime/handler.ts';
import { createQueue } from '../../runtime/queue.ts';
import { sqsClient } from '../../runtime/sqs-client.ts';
import type { Log } from '../../runtime/telemetry.ts';
import { createBackfillRequests } from '../../storage/backfill-requests.ts';
import type { StoreTable } from '../../storage/dynamodb.ts';
import { createFoundCurrentStore } from '../../storage/found-current.ts';
import { createCatalogueCompared, createSubscriptionsChecked } from '../../storage/last-times.ts';
import { createListedIds } from '../../storage/listed-ids.ts';
import {
  createMissingIds,
  createProgressStore,
  createReports,
  type Reports,
} from '../../storage/reconcile-memory.ts';
import { createLease, type Lease } from '../../storage/runs.ts';
import { createStoreErasure } from '../../storage/store-erasure.ts';
import { accountOf } from '../account.ts';
import { awsOptions, type Deployed } from '../deployed.ts';
import { writingOf } from '../order-writer.ts';
import { type Erasable, goOnWithErasures } from '../privacy/erase-store.ts';
import { openStore, type StoreContext } from '../store-context.ts';
import { createCallBudget } from './call-budget.ts';
import { checkSubscriptions, type SubscribedWebhooks } from './check-subscriptions.ts';
import { createCatalogueRun, createMirrorRun } from './mirror-run.ts';
import {
  countFields,
  createRunStats,
  describeLeft,
  firstOf,
  measure,
  type Outcome,
  type RepairedWebhooks,
  type Report,
} from './report.ts';
import type { Session } from './session.ts';
import { NOBODY_WATCHES, type Watch } from './watch.ts';
import { type Ended, type Worker, workThrough } from './work.ts';

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/**
 * What the function is called with: the schedule's tick, or what a person asks for. Strict, because a misspelt `dryRun`
 * would write. Times are ISO 8601 with a zone.
 */
export const reconcileRequest = z
  .strictObject({
    /** What the schedule sends. */
    scheduled: z.literal(true).optional(),
    /** The store that is meant; all of the platform's when absent. */
    storeId: z.string().min(1).optional(),
    /** Compares this stretch of time, beside what is due anyway. */
    from: moment.optional(),
    /** Now, when absent. */
    to: moment.optional(),
    /** Compares the products too, whenever they were compared last. */
    products: z.boolean().default(false),
    /** The same of customers. */
    customers: z.boolean().default(false),
    /** Compares nothing but these kinds; all where absent. */
    only: z.array(z.enum(RESOURCES)).optional(),
    /** Makes the same calls and comparisons, writes no order, message, progress or report, and says what it would repair. */
    dryRun: z.boolean().default(false),
  })
  .refine(({ from, to }) => to === undefined || from !== undefined, 'to goes with from')
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'from must be before to');
export type ReconcileRequest = z.output<typeof reconcileRequest>;

/** What reconciles one store. */
export interface Reconciler extends Worker, Erasable {
  lease: Lease;
  reports: Reports;
  /** Of platforms in which the app subscribes them. */
  webhooks?: SubscribedWebhooks;
}

/** What a reconciler knows of a platform: beside the way in, how the app subscribes webhooks where it does. */
export type ReconciledPlatform = IntakePlatform & { readonly oauth?: SubscribedWebhooks['oauth'] };

/** The reconcilers of a platform's stores, made once per container. */
export function createReconcilers(
  { platform, stores }: Deployed<ReconciledPlatform>,
  runtime: Runtime<'reconcile'>,
): Reconciler[] {
  const { env, clock } = runtime;
  const account = accountOf(runtime);
  const queue = createQueue(sqsClient(awsOptions(runtime)), env.QUEUE_URL);
  const options = { account, queue, ...writingOf(env) };
  const control = { client: account.dynamo, table: env.CONTROL_TABLE, clock };
  return stores.map((store) => {
    const reconciler = openReconciler(openStore(platform, store, options), control);
    const { oauth } = platform;
    if (oauth === undefined || env.WEBHOOK_URL === undefined) return reconciler;
    const checked = createSubscriptionsChecked({ ...control, platform: platform.name, storeId: store.id });
    return { ...reconciler, webhooks: { oauth, url: env.WEBHOOK_URL, checked } };
  });
}

/** What reconciles a store that is open. */
export function openReconciler(
  context: StoreContext,
  control: Pick<StoreTable, 'client' | 'table'> & { clock: Clock },
): Reconciler {
  const { platform, store } = context;
  const item = { ...control, platform: platform.name, storeId: store.id };
  return {
    ...context,
    scans: [
      ...platform.resources.order.reconciliation.scans(store),
      ...(platform.resources.product?.scans(store) ?? []),
      ...(platform.resources.customer?.scans(store) ?? []),
    ],
    lease: createLease({
      ...control,
      name: { job: 'reconcile', platform: platform.name, storeId: store.id },
    }),
    progress: createProgressStore(item),
    foundCurrent: createFoundCurrentStore(item),
    listedIds: createListedIds(item),
    backfill: createBackfillRequests(item),
    catalogueCompared: createCatalogueCompared(item),
    missing: createMissingIds(item),
    reports: createReports(item),
    erasure: createStoreErasure(item),
  };
}

type End = Omit<Ended, 'outcome'> & { outcome: Outcome; webhooks?: RepairedWebhooks };
const nothingDone = (outcome: Outcome, ...problems: string[]): End => ({
  outcome,
  problems,
  left: new Map(),
});

/**
 * Reconciles the stores that are asked for, one after the other; all of them when none is named. Looks after requests to
 * erase a store beside it, because this runs for as long as the platform is configured.
 */
export async function reconcileStores(
  reconcilers: readonly Reconciler[],
  request: ReconcileRequest,
  run: Invocation,
): Promise<Report[]> {
  const { storeId } = request;
  const meant = reconcilers.filter(({ store }) => storeId === undefined || store.id === storeId);
  if (meant.length === 0) throw new OwnError(`store ${storeId} is not in the configuration`);
  const reports: Report[] = [];
  for (const reconciler of meant) reports.push(await reconcile(reconciler, request, run));
  if (!request.dryRun) await goOnWithErasures(reconcilers);
  return reports;
}

/**
 * Compares what the platform lists with what the table has, and repairs what differs. Goes on where the run before it had
 * to stop. Never throws for the platform's or an order's failures: they stand in the report, the metrics and the log.
 *
 * @param watch told of each thing that the run meets
 * @throws the AWS SDK's errors when not even the report can be kept.
 */
export async function reconcile(
  reconciler: Reconciler,
  request: ReconcileRequest,
  { requestId: runId, remainingMs }: Invocation,
  watch: Watch = NOBODY_WATCHES,
): Promise<Report> {
  const { clock, metrics, platform, store, connection } = reconciler;
  const { slowestCallMs } = platform.resources.order.reconciliation;
  const startedAt = clock.now();
  const { dryRun } = request;
  const stats = createRunStats(watch);
  const session: Session = {
    runId,
    dryRun,
    eager: request.from !== undefined,
    wants: [
      ...(request.products ? (['product'] as const) : []),
      ...(request.customers ? (['customer'] as const) : []),
    ],
    ...(request.only === undefined ? {} : { only: request.only }),
    watch,
    budget: createCallBudget({ bucket: connection.bucket, clock, slowestCallMs, remainingMs }),
    stats,
    repaired: new Set(),
    catalogue: createCatalogueRun(),
    customers: createMirrorRun(),
  };
  const ended = await perform(reconciler, session, request, remainingMs()).catch((error: unknown) =>
    nothingDone('failed', describeError(error)),
  );
  const report: Report = {
    runId,
    platform: platform.name,
    storeId: store.id,
    dryRun,
    outcome: ended.outcome,
    startedAt: isoTime(startedAt),
    endedAt: isoTime(clock.now()),
    counts: stats.counts,
    examples: stats.examples,
    problems: firstOf(ended.problems),
    left: describeLeft(ended.left),
    ...(session.catalogue.counts.seen === 0 ? {} : { products: session.catalogue.counts }),
    ...(session.customers.counts.seen === 0 ? {} : { customers: session.customers.counts }),
    ...(ended.webhooks === undefined ? {} : { webhooks: ended.webhooks }),
  };
  measure(metrics, report);
  say(reconciler.log, report);
  if (!dryRun && report.outcome !== 'busy') await reconciler.reports.keep(report);
  return report;
}

async function perform(
  reconciler: Reconciler,
  session: Session,
  { from, to }: ReconcileRequest,
  remainingMs: number,
): Promise<End> {
  const { lease, metrics, clock, platform, store, connection } = reconciler;
  const { off } = platform.resources.order.reconciliation;
  if (off !== undefined) {
    const reason = off(store);
    if (reason !== undefined) {
      // Nobody has to configure a store that is not connected yet.
      if (await connection.isConnected()) metrics.add('ReconcileOff', platform.name, 1);
      return nothingDone('off', reason);
    }
  }
  // A dry run leaves nothing behind that another run could trip over.
  if (!session.dryRun && !(await lease.acquire(session.runId, remainingMs + 1000)))
    return nothingDone('busy');
  try {
    const permission = await connection.check();
    if (!permission.allowed)
      return nothingDone('paused', `${permission.state.cause}. ${permission.state.remedy}`);
    const range = from === undefined ? undefined : { from, to: to ?? clock.now() };
    const checked = await checkSubscriptions(reconciler, session);
    const worked =
      checked.stopped === undefined
        ? await workThrough(reconciler, session, range)
        : { ...nothingDone('paused'), stopped: checked.stopped };
    const ended: End = {
      ...worked,
      problems: [...checked.problems, ...worked.problems],
      ...(checked.repaired === undefined ? {} : { webhooks: checked.repaired }),
    };
    if (ended.stopped !== undefined && !session.dryRun) await connection.failed(ended.stopped, session.runId);
    return ended;
  } finally {
    if (!session.dryRun) await lease.release(session.runId);
  }
}

function say(log: Log, { runId, platform, storeId, outcome, dryRun, counts, problems, left }: Report): void {
  const fields = {
    runId,
    platform,
    storeId,
    outcome,
    dryRun,
    ...countFields(counts),
    problems,
    leftToCompare: left.length,
  };
  if (outcome === 'failed') log.error('reconciliation failed', fields);
  else if (outcome === 'off' || problems.length > 0 || counts.failed > 0)
    log.warn('reconciliation ended with problems', fields);
  else log.info('reconciliation ended', fields);
}
