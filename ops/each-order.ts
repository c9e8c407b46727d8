import { itemName } from '../functions/domain/item-name.ts';
import type { OrderKey } from '../functions/domain/order-row.ts';
import { mapConcurrent } from '../functions/pipeline/map-concurrent.ts';
import { describeError } from '../functions/runtime/describe-error.ts';

/** Orders that are worked on at the same time. */
const AT_ONCE = 8;

/** An order that was left as it was, and why. */
export interface Failed {
  order: string;
  problem: string;
}

/**
 * Works on each of many orders. One that fails stops none of the others.
 *
 * @param work gives back why it could not, or nothing; what it throws is a reason as well
 */
export async function eachOrder(
  keys: readonly OrderKey[],
  work: (key: OrderKey) => Promise<string | undefined>,
): Promise<Failed[]> {
  const failed: Failed[] = [];
  await mapConcurrent(AT_ONCE, keys, async (key) => {
    const problem = await work(key).catch(describeError);
    if (problem !== undefined) failed.push({ order: itemName(key), problem });
  });
  return failed;
}

/** What is said of those that failed. @param could what could not be done with them, such as `followed` */
export const failedLines = (failed: readonly Failed[], could: string): string[] =>
  failed.length === 0 ? [] : [`${failed.length} orders could not be ${could}; run it again for them.`];
