import { isoTime } from '../../domain/time.ts';
import { PlatformError } from '../../http/errors.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { EraseStoreMessage, ReceivedMessage } from '../../runtime/queue.ts';
import { wholeStore } from '../../storage/erasure-ledger.ts';
import type { StoreErasure, WaitingErasure } from '../../storage/store-erasure.ts';
import { quarantine } from '../order-writer.ts';
import { goneSince, takesNoCalls } from '../standing.ts';
import type { StoreContext } from '../store-context.ts';
import { addTo, type ErasedCount, eraseAll, noneErased, type PrivacyContext } from './context.ts';

/** A store may have more orders than one run has time for: after this long (ms) the rest is left to the next. */
const SLICE_MS = 20_000;

/**
 * Takes a platform's request to erase a store. It may be genuine, replayed, or pasted to the wrong address, and it cannot
 * be undone: so it is believed only while the app is gone from the store, and then it waits while an alarm says so and a
 * person can stop it. Otherwise a person looks at it.
 *
 * @throws PlatformError when the platform did not say whether the app is gone.
 */
export async function requestStoreErasure(
  context: PrivacyContext,
  message: Pick<ReceivedMessage, 'correlationId' | 'receivedAt'>,
): Promise<void> {
  const { erasure, platform, store, metrics, trail, log } = context;
  const { correlationId: request, receivedAt: requestedAt } = message;
  const since = await goneSince(context, message);
  if (since === undefined)
    return askPerson(context, message, 'the app is in the store, so the request cannot be about it');
  const { scheduled, erasure: waiting } = await erasure.schedule({ request, requestedAt, goneSince: since });
  if (!scheduled && waiting.state === 'stopped') {
    if (waiting.request === request) return;
    return askPerson(context, message, 'a person stopped such a request before');
  }
  metrics.add('StoreErasureWaiting', platform.name, 1);
  // Its own, whose message comes again, may have been cut off before anybody was told.
  if (!scheduled && waiting.request !== request) {
    log.info('a request to erase the store waits already', { storeId: store.id, correlationId: request });
    return;
  }
  const about = { storeId: store.id, dueAt: isoTime(waiting.dueAt) };
  const entry = { id: request, who: platform.name, what: 'erase-store requested', details: about };
  await trail.during(entry, async () => ({}));
  log.error('the persons of a store will be erased unless a person stops it: npx acopio privacy stop', {
    ...about,
    correlationId: request,
  });
}

/**
 * Erases the persons of a store whose time has come, as far as one run gets; the rest follows in the next message. Called
 * off when the app is in the store again.
 */
export async function eraseStore(context: PrivacyContext, message: EraseStoreMessage): Promise<void> {
  const { erasure, clock, log, store } = context;
  const { correlationId } = message;
  const waiting = await erasure.read();
  if (waiting?.state !== 'waiting' || waiting.request !== correlationId) {
    log.info('this request to erase the store was stopped, or has ended', {
      storeId: store.id,
      correlationId,
    });
    return;
  }
  const isDue = clock.now() >= waiting.dueAt;
  try {
    if (!(await isStillGone(context, waiting, isDue && message.after === undefined)))
      return await callOff(context, waiting);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    log.warn('the platform does not say whether the app is gone; the store is erased later', {
      storeId: store.id,
      correlationId,
      error: describeError(error),
    });
    return;
  }
  if (isDue && (await erasure.working(correlationId))) await eraseSlice(context, message);
}

/** @param ask whether the platform is asked once more: nothing brings back what is erased */
async function isStillGone(
  context: PrivacyContext,
  { request, goneSince: since }: WaitingErasure,
  ask: boolean,
): Promise<boolean> {
  const open = await context.connection.circuit.state();
  if (open?.closedBy !== 'token' || open.openedAt !== since) return false;
  return !ask || takesNoCalls(context, 'token', request);
}

async function eraseSlice(context: PrivacyContext, message: EraseStoreMessage): Promise<void> {
  const { trail, platform, store, queue, log } = context;
  const { correlationId: id } = message;
  const entry = { id, who: platform.name, what: 'erase-store', details: { storeId: store.id } };
  const details = await trail.during(entry, async () => {
    const { count, after } = await eraseSome(context, message);
    if (after === undefined) await finish(context, id);
    else await queue.send({ ...message, after });
    return { ...count, finished: after === undefined };
  });
  log.info('personal data of a store erased', { correlationId: id, storeId: store.id, ...details });
}

type After = NonNullable<EraseStoreMessage['after']>;

/** Goes through the kinds, one after the other, until the time of the slice is over. `after` is absent at the end. */
async function eraseSome(
  context: PrivacyContext,
  { correlationId: request, after: from }: EraseStoreMessage,
): Promise<{ count: ErasedCount; after?: After }> {
  const { kinds, clock } = context;
  const until = clock.now() + SLICE_MS;
  const count = noneErased();
  const first = Math.max(
    0,
    kinds.findIndex(({ name }) => name === from?.kind),
  );
  for (const kind of kinds.slice(first)) {
    let cursor = kind.name === from?.kind ? from.cursor : undefined;
    do {
      if (clock.now() >= until)
        return { count, after: { kind: kind.name, ...(cursor === undefined ? {} : { cursor }) } };
      const { ids, next } = await kind.page(cursor);
      addTo(count, await eraseAll(context, kind, ids, { because: 'store-request', request }));
      cursor = next;
    } while (cursor !== undefined);
  }
  return { count };
}

async function finish({ ledger, reports, erasure, clock }: PrivacyContext, request: string): Promise<void> {
  const endedAt = clock.now();
  await reports.forgetAll(endedAt);
  await ledger.add(wholeStore(endedAt, { because: 'store-request', request }));
  await erasure.end(request);
}

/** The request was true when it came, and is not any more. */
async function callOff(context: PrivacyContext, waiting: WaitingErasure): Promise<void> {
  const { request: correlationId, requestedAt: receivedAt } = waiting;
  const message = { correlationId, receivedAt };
  await askPerson(context, message, 'the app came back into the store before the time was over');
  await context.erasure.end(correlationId);
}

/** Shows a request that is not carried out. */
async function askPerson(
  context: PrivacyContext,
  { correlationId, receivedAt }: Pick<ReceivedMessage, 'correlationId' | 'receivedAt'>,
  why: string,
): Promise<void> {
  const { platform, store } = context;
  const about = { topic: 'erase-store', storeId: store.id, request: correlationId };
  await quarantine(context, {
    platform: platform.name,
    storeId: store.id,
    receivedAt,
    correlationId,
    bytes: Buffer.from(JSON.stringify(about)),
    origin: 'webhook',
    reason: 'privacy-request',
    problem: `erase-store: ${why}; nothing more is erased`,
  });
}

/** A store whose request to erase it may wait. */
export interface Erasable extends StoreContext {
  erasure: Pick<StoreErasure, 'read'>;
}

/** A slice that did not go on for this long (ms) lost its message. */
const STALLED_MS = 15 * 60_000;

/**
 * Looks after the requests to erase a store of all stores of a platform: says how many wait, and has those go on whose time
 * has come, whose app is back, or whose message was lost. Run with every reconciliation, so that nothing depends on a
 * message that waits for days.
 */
export async function goOnWithErasures(stores: readonly Erasable[]): Promise<void> {
  const [first] = stores;
  if (first?.platform.deployment.sendsPrivacyRequests !== true) return;
  let waiting = 0;
  for (const { erasure, connection, queue, clock, store } of stores) {
    const request = await erasure.read();
    if (request?.state !== 'waiting') continue;
    waiting += 1;
    const { workedAt, dueAt, goneSince, requestedAt: receivedAt, request: correlationId } = request;
    if (workedAt !== undefined && clock.now() < workedAt + STALLED_MS) continue;
    const isBack = (await connection.circuit.state())?.openedAt !== goneSince;
    if (!isBack && clock.now() < dueAt) continue;
    const envelope = { v: 1, correlationId, receivedAt, attempts: 0 } as const;
    await queue.send({ ...envelope, kind: 'erase-store', storeId: store.id });
  }
  first.metrics.add('StoreErasureWaiting', first.platform.name, waiting);
}
