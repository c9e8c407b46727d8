/**
 * Pieces of work that call the tables at the same time. A client has 50 connections, and a call that waits for one gives up after a
 * second: of the five hundred messages that a batch may hold, the last would all fail.
 */
export const AT_ONCE = 25;

/** Runs `work` on every item, at most `limit` at the same time. The first failure is thrown once all have ended. */
export async function mapConcurrent<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
