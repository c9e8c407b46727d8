import { parseCustomerName } from '../../functions/domain/item-name.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { eraseThing, kindNamed, wouldErase } from '../../functions/pipeline/privacy/context.ts';
import type { Erased } from '../../functions/pipeline/privacy/erase.ts';
import { type Reapplied, reapply } from '../../functions/pipeline/privacy/reapply.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { CUSTOMER_KIND, customerPk } from '../../functions/storage/customer-keys.ts';
import { ORDER_KIND, orderPk } from '../../functions/storage/keys.ts';
import { STORE_ERASURE_DELAY_MS, type WaitingErasure } from '../../functions/storage/store-erasure.ts';
import type { OperatorContext } from '../context.ts';
import { orderMeant } from '../find-order.ts';
import { writeNew } from '../new-file.ts';
import { storeNamed } from '../order-name.ts';
import { notFound, OperatorError } from '../outputs.ts';
import { columns, DRY_RUN, print, printDryRun } from '../print.ts';

/** The stores' reports; most merchants have one store that customers' requests come from. */
const reportsOf = (context: OperatorContext) => {
  const { privacyStores } = context;
  if (privacyStores.length > 0) return privacyStores.map((store) => context.storeOf(store).reports);
  throw new OperatorError(`no platform of merchant ${context.merchant.name} sends data requests.`);
};

/** Lists the reports for data requests that wait to be fetched. */
export async function listReports(context: OperatorContext, { json }: { json: boolean }): Promise<number> {
  const lists = await Promise.all(reportsOf(context).map((reports) => reports.list()));
  const reports = lists.flat().map(({ id, createdAt, things, expiresAt }) => ({
    id,
    createdAt,
    held: Object.fromEntries(Object.entries(things).map(([kind, ids]) => [kind, ids.length])),
    keptUntil: isoTime(expiresAt * 1000),
  }));
  const lines = reports.map(({ id, createdAt, held, keptUntil }) => [
    id,
    createdAt,
    Object.entries(held)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
    `until ${keptUntil}`,
  ]);
  print(json, { reports }, reports.length > 0 ? columns(lines) : ['No reports.']);
  return 0;
}

/** Fetches one report: to a file that only its owner can read, or to the standard output. Who did so is written down. */
export async function fetchReport(
  context: OperatorContext,
  id: string,
  { to, json }: { to?: string; json: boolean },
): Promise<number> {
  const found = await Promise.all(reportsOf(context).map((reports) => reports.get(id)));
  const report = found.find((one) => one !== undefined);
  if (report === undefined) throw notFound(`There is no report ${id}. "privacy reports" lists them.`);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const held = Object.values(report.held).reduce((sum, { length }) => sum + length, 0);
  await context.audited('privacy report', { report: id, held }, async () => {
    if (to === undefined) process.stdout.write(text);
    else writeNew(to, text);
    return {};
  });
  if (to !== undefined) print(json, { report: id, file: to }, [`${to} holds the report ${id}.`]);
  return 0;
}

/** An order or a customer whose person is to be erased. */
interface ToErase {
  kind: string;
  id: string;
  pk: string;
  store: ReturnType<OperatorContext['storeOf']>;
}

/** @throws OperatorError when it is of a store that is not ours, or of a kind that the platform does not have. */
async function toErase(context: OperatorContext, name: string): Promise<ToErase> {
  const customer = parseCustomerName(name);
  if (customer === undefined) {
    const order = await orderMeant(context, name, true);
    return { kind: ORDER_KIND, id: order.platformOrderId, pk: orderPk(order), store: context.storeOf(order) };
  }
  const store = context.storeOf(storeNamed(`${customer.platform}:${customer.storeId}`, context.stores));
  if (store.platform.resources.customer === undefined)
    throw new OperatorError(
      `Customers of ${customer.platform} are not mirrored: nothing of "${name}" is held.`,
    );
  return { kind: CUSTOMER_KIND, id: customer.platformCustomerId, pk: customerPk(customer), store };
}

/**
 * Erases the personal data of orders and customers for good, of any platform.
 *
 * @throws OperatorError without `--yes`, and before anything is erased when one of them is of a store that is not ours.
 */
export async function erasePersons(
  context: OperatorContext,
  names: readonly string[],
  { yes, dryRun, json }: { yes: boolean; dryRun: boolean; json: boolean },
): Promise<number> {
  const things: ToErase[] = [];
  for (const name of names) things.push(await toErase(context, name));
  if (dryRun) return planErasure(things, json);
  if (!yes) {
    const named = things.map(({ pk }) => pk).join(', ');
    throw new OperatorError(
      `This erases the person of ${named} for good, and nothing brings it back. Add --yes.`,
    );
  }
  const results: { order: string; result: Erased }[] = [];
  await context.audited(
    'privacy erase',
    { orders: things.map(({ pk }) => pk).join(' ') },
    async (request) => {
      for (const { store, kind, id, pk } of things) {
        const why = { because: 'operator', request } as const;
        results.push({ order: pk, result: await eraseThing(store, kind, id, why) });
      }
      return { erased: results.length };
    },
  );
  print(json, { results }, columns(results.map(({ order, result }) => [order, ERASED[result]])));
  return 0;
}

async function planErasure(things: readonly ToErase[], json: boolean): Promise<number> {
  const results = await Promise.all(
    things.map(async ({ store, kind, id, pk }) => ({
      order: pk,
      result: await wouldErase(kindNamed(store, kind), id),
    })),
  );
  const lines = columns(results.map(({ order, result }) => [order, WOULD_ERASE[result]]));
  return printDryRun(json, { results }, ...lines);
}

const WOULD_ERASE: Readonly<Record<Erased, string>> = {
  erased: 'its person would be erased for good',
  'erased-before': 'its person was erased before',
  'not-held': 'is not here; its person would stay out, should it come',
};

const ERASED: Readonly<Record<Erased, string>> = {
  erased: 'its person is erased',
  'erased-before': 'its person was erased before',
  'not-held': 'is not here; its person stays out, should it come',
};

const nameOf = ({ platform, storeId }: KnownStore): string => `${platform}:${storeId}`;

/** Lists the requests to erase a whole store: those that wait for their time, and those that somebody stopped. */
export async function pendingErasures(
  context: OperatorContext,
  { json }: { json: boolean },
): Promise<number> {
  const found = await Promise.all(
    context.privacyStores.map(async (store) => ({
      store,
      erasure: await context.storeOf(store).erasure.read(),
    })),
  );
  const erasures = found.flatMap(({ store, erasure }) =>
    erasure === undefined ? [] : [described(store, erasure)],
  );
  const lines = erasures.map(({ store, state, requestedAt, dueAt, request }) => [
    store,
    state,
    `requested ${requestedAt}`,
    state === 'stopped' ? '' : `erased for good from ${dueAt} on`,
    request,
  ]);
  print(json, { erasures }, lines.length > 0 ? columns(lines) : ['No store waits to be erased.']);
  return 0;
}

const described = (
  store: KnownStore,
  { request, requestedAt, dueAt, goneSince, state, stopped, workedAt }: WaitingErasure,
) => ({
  store: nameOf(store),
  state: state === 'stopped' ? 'stopped' : workedAt === undefined ? 'waiting' : 'being erased',
  requestedAt: isoTime(requestedAt),
  dueAt: isoTime(dueAt),
  appGoneSince: isoTime(goneSince),
  ...(stopped === undefined ? {} : { stoppedBy: stopped.by, stoppedAt: isoTime(stopped.at) }),
  request,
});

/** A person says no to the erasure of a store. What was erased before stays erased. */
export async function stopErasure(
  context: OperatorContext,
  name: string,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const store = storeNamed(name, context.privacyStores);
  const { erasure } = context.storeOf(store);
  const { request } = await found(context, store, 'waiting');
  if (dryRun)
    return printDryRun(
      json,
      { store: nameOf(store), state: 'stopped', request },
      `The request ${request} to erase ${nameOf(store)} would be stopped.`,
    );
  await context.audited('privacy stop', { store: nameOf(store), request }, async () => {
    if (!(await erasure.stop(request, context.who)))
      throw new OperatorError(`The request ${request} ended in this moment. Look at "privacy pending".`);
    return {};
  });
  print(json, { store: nameOf(store), state: 'stopped', request }, [
    `${nameOf(store)} is not erased. "privacy resume ${nameOf(store)}" lets the request go on after all.`,
  ]);
  return 0;
}

/** A person lets a stopped erasure go on. It waits the whole time once more. */
export async function resumeErasure(
  context: OperatorContext,
  name: string,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const store = storeNamed(name, context.privacyStores);
  const { erasure } = context.storeOf(store);
  const { request } = await found(context, store, 'stopped');
  if (dryRun) return planResumption(context, { store, request }, json);
  await context.audited('privacy resume', { store: nameOf(store), request }, async () => ({
    resumed: await erasure.letGoOn(request),
  }));
  const dueAt = isoTime((await found(context, store, 'waiting')).dueAt);
  print(json, { store: nameOf(store), state: 'waiting', dueAt, request }, [
    `${nameOf(store)} is erased for good from ${dueAt} on, if the app is still gone from it.`,
  ]);
  return 0;
}

function planResumption(
  { control }: OperatorContext,
  { store, request }: { store: KnownStore; request: string },
  json: boolean,
): number {
  const dueAt = isoTime(control.clock.now() + STORE_ERASURE_DELAY_MS);
  return printDryRun(
    json,
    { store: nameOf(store), state: 'waiting', dueAt, request },
    `The request ${request} would go on: ${nameOf(store)} would be erased for good from ${dueAt} on, if the app is still gone.`,
  );
}

async function found(
  context: OperatorContext,
  store: KnownStore,
  state: WaitingErasure['state'],
): Promise<WaitingErasure> {
  const erasure = await context.storeOf(store).erasure.read();
  if (erasure?.state === state) return erasure;
  if (erasure === undefined)
    throw notFound(`No request to erase ${nameOf(store)} is there. "privacy pending" shows what there is.`);
  throw new OperatorError(
    `No request to erase ${nameOf(store)} is ${state}. "privacy pending" shows what there is.`,
  );
}

/**
 * Erases once more what the ledgers say was erased, because a table was restored to an earlier time. Answers 1 when an entry
 * needs a person.
 */
export async function reapplyErasures(
  context: OperatorContext,
  { dryRun, ledgerTable, json }: { dryRun: boolean; ledgerTable?: string; json: boolean },
): Promise<number> {
  const results: (Reapplied & { store: string })[] = [];
  const run = async () => {
    for (const store of context.stores) {
      const progress = (total: Reapplied) => {
        if (!json) process.stderr.write(`${nameOf(store)}: ${textOf(total)}\n`);
      };
      const from = ledgerTable === undefined ? {} : { from: context.ledgerIn(ledgerTable, store) };
      const total = await reapply(context.storeOf(store), { dryRun, progress, ...from });
      results.push({ store: nameOf(store), ...total });
    }
    const sum = (count: (one: Reapplied) => number) => results.reduce((total, one) => total + count(one), 0);
    return { entries: sum(({ entries }) => entries), erased: sum(({ erased }) => erased) };
  };
  if (dryRun) await run();
  else await context.audited('privacy reapply', ledgerTable === undefined ? {} : { ledgerTable }, run);
  print(json, { dryRun, results }, [
    ...columns(results.map(({ store, ...total }) => [store, textOf(total)])),
    dryRun ? DRY_RUN : 'The ledgers hold again.',
  ]);
  return results.some(({ unknown }) => unknown > 0) ? 1 : 0;
}

const textOf = (total: Reapplied): string =>
  `${total.entries} entries: ${total.erased} erased again, ${total['erased-before']} were, ${total['not-held']} not here` +
  (total.unknown === 0 ? '' : `, ${total.unknown} of a kind that this release does not know`);
