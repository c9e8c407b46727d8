import { isoTime } from '../../functions/domain/order-row.ts';
import { type Reapplied, reapply } from '../../functions/pipeline/privacy/reapply.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { WaitingErasure } from '../../functions/storage/store-erasure.ts';
import type { OperatorContext } from '../context.ts';
import { storeNamed } from '../order-name.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print } from '../print.ts';

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
  { json }: { json: boolean },
): Promise<number> {
  const store = storeNamed(name, context.privacyStores);
  const { erasure } = context.storeOf(store);
  const { request } = await found(context, store, 'waiting');
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
  { json }: { json: boolean },
): Promise<number> {
  const store = storeNamed(name, context.privacyStores);
  const { erasure } = context.storeOf(store);
  const { request } = await found(context, store, 'stopped');
  await context.audited('privacy resume', { store: nameOf(store), request }, async () => ({
    resumed: await erasure.letGoOn(request),
  }));
  const dueAt = isoTime((await found(context, store, 'waiting')).dueAt);
  print(json, { store: nameOf(store), state: 'waiting', dueAt, request }, [
    `${nameOf(store)} is erased for good from ${dueAt} on, if the app is still gone from it.`,
  ]);
  return 0;
}

async function found(
  context: OperatorContext,
  store: KnownStore,
  state: WaitingErasure['state'],
): Promise<WaitingErasure> {
  const erasure = await context.storeOf(store).erasure.read();
  if (erasure?.state === state) return erasure;
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
    dryRun ? 'Dry run, nothing was erased.' : 'The ledgers hold again.',
  ]);
  return results.some(({ unknown }) => unknown > 0) ? 1 : 0;
}

const textOf = (total: Reapplied): string =>
  `${total.entries} entries: ${total.erased} erased again, ${total['erased-before']} were, ${total['not-held']} not here` +
  (total.unknown === 0 ? '' : `, ${total.unknown} of a kind that this release does not know`);
