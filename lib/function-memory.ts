/** MB of a function's memory. CPU comes with it: 1,769 MB is one whole core. */
export const MEMORY_MB = 512;

/**
 * MB of what asks a platform and waits for its answer, most of its time. The largest answer that is read
 * takes 160 of them beside what a function has at its start; `test/system/largest-order.test.ts` measures it.
 */
export const CONSUMER_MB = 384;
