import type { IntakePlatform } from '../platforms/platform.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import type { Queue } from '../runtime/queue.ts';
import { createChunkStore } from '../storage/chunks.ts';
import { documentClient } from '../storage/dynamodb.ts';
import { createJobResults } from '../storage/job-results.ts';
import { awsOptions, type Deployed } from './deployed.ts';
import { createOutletWatch, type OrderWriter, writerFor, writingOf } from './order-writer.ts';
import type { Processor } from './process.ts';

/** Messages come back by themselves: whoever asks nobody has nothing to send, and may not. */
const SENDS_NOTHING: Queue = {
  send: async () => {
    throw new OwnError('a function that only records sends no messages');
  },
};

/**
 * The processor of a platform that pushes its orders and asks for nothing else: it calls nobody, and has no client of queues
 * and none of secrets. Made once per container.
 */
export function createRecorder(
  { platform, stores }: Deployed<IntakePlatform>,
  runtime: Runtime<'process'>,
): Processor<OrderWriter> {
  const { env, clock, metrics, log } = runtime;
  const account = {
    dynamo: documentClient(awsOptions(runtime)),
    controlTable: env.CONTROL_TABLE,
    clock,
    metrics,
    log,
  };
  const item = { client: account.dynamo, table: env.CONTROL_TABLE, now: () => clock.now() };
  const writer = writerFor(platform, { account, ...writingOf(env) });
  return {
    platform,
    stores,
    log,
    queue: SENDS_NOTHING,
    chunks: createChunkStore(item),
    jobs: createJobResults({ ...item, platform: platform.name }),
    outlets: createOutletWatch({ ...account, platform: platform.name }),
    store(storeId) {
      if (stores.every(({ id }) => id !== storeId))
        throw new OwnError(`store ${storeId} is not in the configuration`);
      return writer;
    },
  };
}
