import { lazily } from '../domain/lazily.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import { createGate } from '../rate-limit/gate.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import { createQueue } from '../runtime/queue.ts';
import { sqsClient } from '../runtime/sqs-client.ts';
import { createChunkStore } from '../storage/chunks.ts';
import { createJobResults } from '../storage/job-results.ts';
import { accountOf } from './account.ts';
import { awsOptions, type Deployed } from './deployed.ts';
import { nextStep, oneMore } from './failure-policy.ts';
import { fetchChanged } from './fetch.ts';
import type { Fetcher } from './fetch-one.ts';
import { createOutletWatch, quarantine, writingOf } from './order-writer.ts';
import type { PrivacyContext } from './privacy/context.ts';
import type { Asked, FollowUp, Processor, Received } from './process.ts';
import type { RarePart } from './rare-part.ts';
import { openStore } from './store-context.ts';

/** One store with all that its messages may ask for. */
export interface StoreProcessor extends Fetcher {
  /** Opened when it is first asked for. */
  privacy(): Promise<PrivacyContext>;
}

/** What lies beside the function, and is loaded when it is first asked for. */
export interface ProcessorParts {
  readonly loadRare: () => Promise<RarePart>;
}

/** The processor of a platform's messages, with everything that one may ask for. Made once per container. */
export function createProcessor(
  deployed: Deployed<IntakePlatform>,
  runtime: Runtime<'process'>,
  { loadRare }: ProcessorParts,
  random: () => number = Math.random,
): Processor<StoreProcessor> {
  const { env, clock, log } = runtime;
  const account = accountOf(runtime);
  const item = { client: account.dynamo, table: env.CONTROL_TABLE, now: () => clock.now() };
  const queue = createQueue(sqsClient(awsOptions(runtime)), env.QUEUE_URL);
  const options = { account, queue, ...writingOf(env) };
  const byId = new Map(
    deployed.stores.map((store): [string, StoreProcessor] => {
      const context = openStore(deployed.platform, store, options);
      const { bucket } = context.connection;
      const gate = createGate({ bucket, sleep: (ms) => clock.sleep(ms) });
      const privacy = lazily(async () =>
        (await loadRare()).openPrivacyContext(context, env.ORDERS_TABLE, account),
      );
      return [store.id, { ...context, gate, random, privacy }];
    }),
  );
  return {
    ...deployed,
    log,
    queue,
    chunks: createChunkStore(item),
    jobs: createJobResults({ ...item, platform: deployed.platform.name }),
    outlets: createOutletWatch({ ...account, platform: deployed.platform.name }),
    followUp: followUpWith(loadRare),
    store(storeId) {
      const found = byId.get(storeId);
      if (found === undefined) throw new OwnError(`store ${storeId} is not in the configuration`);
      return found;
    },
  };
}

const followUpWith = (loadRare: ProcessorParts['loadRare']): FollowUp<StoreProcessor> => ({
  fetchChanged,
  eraseStore: async ({ privacy }, message) => (await loadRare()).eraseStore(await privacy(), message),
  handle: (context, item, received) =>
    handle(context, item, received, async () =>
      (await loadRare()).handleAsked(await context.privacy(), item, received.message),
    ),
});

/**
 * Does what may need an answer of the platform. While none comes the message is sent again, to come back later; if none
 * ever comes it is shown.
 */
async function handle(
  context: StoreProcessor,
  item: Asked,
  { message, bytes }: Received,
  work: () => Promise<void>,
): Promise<boolean> {
  const { platform, queue, metrics, random } = context;
  const { receivedAt, correlationId, via: origin } = message;
  try {
    await work();
    return false;
  } catch (error) {
    const next = nextStep(error, message, random);
    if (next.step === 'again') {
      await queue.send({ ...message, ...oneMore(message, error) }, next.delaySeconds);
      metrics.add('MessageRetried', platform.name, 1);
      return true;
    }
    if (next.step !== 'needs-review') throw error;
    const about = {
      platform: platform.name,
      storeId: item.storeId,
      receivedAt,
      correlationId,
      origin,
      bytes,
    };
    await quarantine(context, { ...about, reason: next.reason, problem: next.problem });
    return false;
  }
}
