import { AsyncLocalStorage } from 'node:async_hooks';

/** Counts the calls of AWS that an answer takes: each costs money and time. */
const counting = new AsyncLocalStorage<{ calls: number }>();

/** To be told of every call. */
export const countCall = (): void => {
  const count = counting.getStore();
  if (count !== undefined) count.calls += 1;
};

/** Does work and says how many calls it took. */
export async function counted<T>(work: () => Promise<T>): Promise<{ result: T; calls: number }> {
  const count = { calls: 0 };
  const result = await counting.run(count, work);
  return { result, calls: count.calls };
}
