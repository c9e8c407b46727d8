import type { PlatformName } from '../domain/order.ts';
import { longestCallMs } from '../runtime/aws-clients.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Invocation } from '../runtime/handler.ts';
import { type Message, MessageRefused, pack, type Queue, sha256Of } from '../runtime/queue.ts';
import type { FlushedMetrics, Log } from '../runtime/telemetry.ts';
import type { Outbox } from '../storage/runs.ts';

/** What makes the pages of one store durable. */
export interface PageKeeper {
  platform: PlatformName;
  storeId: string;
  queue: Queue;
  outbox: Outbox;
  /** The ids of the orders on a page, as far as they can be read. */
  orderIds(page: Uint8Array): string[];
  /** What a person does about a page that may be lost. */
  lostReadRemedy: string;
  metrics: FlushedMetrics;
  log: Log;
  clock: Clock;
}

/** The longest that a page takes, in ms, until it is safe or known to be lost: a silent queue, then a silent table. */
export const KEEPING_MS = 2 * longestCallMs();

/** Queue and table are tried this often, as long as there is time for it. */
const ROUNDS = 3;
const BETWEEN_ROUNDS_MS = 500;

/**
 * Makes a page durable that left the platform's list: in the queue, else in the outbox, from where the next run sends it.
 * What the queue will never take is set aside for a person, and counts as safe.
 *
 * @throws the queue's error when the page is safe but the queue took nothing, or when the page is lost, which is told.
 */
export async function keepPage(
  keeper: PageKeeper,
  bytes: Uint8Array,
  correlationId: string,
  run: Pick<Invocation, 'remainingMs'>,
): Promise<void> {
  const { storeId, clock, outbox, log } = keeper;
  const envelope = { v: 1, kind: 'received', via: 'poll', topic: 'page', attempts: 0 } as const;
  const receivedAt = clock.now();
  let left: Message[] = pack(bytes).map((payload) => ({
    ...envelope,
    storeId,
    correlationId,
    receivedAt,
    payload,
  }));
  for (let round = 1; ; round += 1) {
    const failed = await sendAll(keeper.queue, left);
    if (failed === undefined) return;
    left = left.slice(failed.index);
    const refused = failed.error instanceof MessageRefused;
    try {
      if (failed.error instanceof MessageRefused) await outbox.setAside(left, failed.error.message);
      else await outbox.keep(left);
    } catch (error) {
      if (round < ROUNDS && run.remainingMs() > KEEPING_MS + BETWEEN_ROUNDS_MS) {
        await clock.sleep(BETWEEN_ROUNDS_MS);
        continue;
      }
      tellLost(keeper, bytes, correlationId, { queue: failed.error, table: error });
      throw failed.error;
    }
    // Only now: whoever reads the log relies on it.
    const how = refused ? 'it is set aside for a person' : 'the next run sends it from the outbox';
    log.error(`the queue refused a page that was read; ${how}`, {
      correlationId,
      error: describeError(failed.error),
    });
    if (refused) return;
    throw failed.error;
  }
}

/** Sends messages in their order; answers which was the first that failed. */
async function sendAll(
  queue: Queue,
  messages: readonly Message[],
): Promise<{ index: number; error: unknown } | undefined> {
  for (const [index, message] of messages.entries()) {
    try {
      await queue.send(message);
    } catch (error) {
      return { index, error };
    }
  }
  return undefined;
}

/**
 * The line of last resort. It holds the ids of the orders, with which a person has the platform hand them out again. It
 * does not hold the page: a log is read by more people than an order is, and is not erased when a person's data is.
 */
function tellLost(
  { platform, storeId, metrics, log, orderIds, lostReadRemedy }: PageKeeper,
  bytes: Uint8Array,
  correlationId: string,
  errors: { queue: unknown; table: unknown },
): void {
  metrics.add('LostReadSuspected', platform, 1);
  log.error(
    `a page that was read is lost: neither the queue nor the table took it in time. ${lostReadRemedy}`,
    {
      storeId,
      correlationId,
      bytes: bytes.byteLength,
      sha256: sha256Of(bytes),
      orderIds: orderIds(bytes),
      queue: describeError(errors.queue),
      table: describeError(errors.table),
    },
  );
  // Now, because what follows also needs the table, and the function may be ended before it is done.
  metrics.flush();
}
