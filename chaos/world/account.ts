import type { Channel } from '../../config/merchant.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { connect } from '../aws/event-source.ts';
import { type CallOutcome, createFunction, functionsOf, type SimFunction } from '../aws/functions.ts';
import type { Invocation } from '../aws/invocation.ts';
import { createSimQueue, type Disorder, type SimQueue } from '../aws/queue.ts';
import { CHANNELS, channelAt, DEPLOYED, type MerchantStore } from '../plan/merchant.ts';
import type { Loop } from '../time/loop.ts';
import { type ColdStart, type ContainerOptions, coldStarts, functionName } from './containers.ts';
import { httpEvent } from './http-event.ts';
import { type Errand, startOperator } from './operator.ts';

export interface AccountOptions extends ContainerOptions {
  loop: Loop;
  random: SeededRandom;
  disorder(platform: PlatformName): Disorder;
  onEnd(invocation: Invocation, outcome: CallOutcome<unknown>): void;
}

/** A request to our API. */
export interface WebhookRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A store as schedules name it. */
export type Scheduled = Pick<MerchantStore, 'platform' | 'store'>;

/** The merchant's account: queues, functions, and what starts them. */
export interface SimAccount {
  /** The intake queue of each platform. */
  queues: ReadonlyMap<PlatformName, SimQueue>;
  /** Takes a webhook as the HTTP API does; answers the status. */
  webhook(request: WebhookRequest): Promise<number>;
  /** Polls a store, as its schedule does. */
  poll(store: Scheduled): Promise<unknown>;
  /** Reconciles a store, as its schedule does. */
  reconcile(store: Scheduled): Promise<unknown>;
  /** Lets the operator's program do an errand. */
  /** Answers whether the command came to its end. */
  operate(channel: Pick<Channel, 'platform'>, errand: Errand): Promise<boolean>;
  /** True while a message waits in a queue or is being worked on, or the operator is at work. */
  busy(): boolean;
}

export function createAccount(options: AccountOptions): SimAccount {
  const channels = new Map(CHANNELS.map((one) => [one.platform.name, openChannel(one, options)]));
  const opened = ({ platform }: Pick<Channel, 'platform'>) => {
    const found = channels.get(platform.name);
    if (found === undefined) throw new Error(`the simulated account has no functions of ${platform.name}`);
    return found;
  };
  let webhooks = 0;
  let errands = 0;
  return {
    queues: new Map([...channels].map(([name, { queue }]) => [name, queue])),
    async webhook(request) {
      const channel = channelAt(request.path);
      if (channel === undefined) return 404;
      webhooks += 1;
      const outcome = await opened(channel).receive.invoke(
        httpEvent({ method: 'POST', ...request }, `webhook-${webhooks}`),
      );
      return outcome.ok ? (outcome.result.statusCode ?? 200) : 503;
    },
    poll: ({ platform, store }) => opened({ platform }).poll.invoke({ storeId: store.id }),
    reconcile: ({ platform, store }) =>
      opened({ platform }).reconcile.invoke({ scheduled: true, storeId: store.id }),
    async operate(channel, errand) {
      errands += 1;
      const { ok } = await opened(channel)
        .operator.invoke(errand)
        .finally(() => {
          errands -= 1;
        });
      return ok;
    },
    busy: () =>
      errands > 0 || [...channels.values()].some(({ source, queue }) => source.busy() || queue.size > 0),
  };
}

/** By then somebody looks what keeps the operator's command. */
const OPERATOR_MS = 60 * 60_000;

/** A platform's queue and functions. A function that the platform has no work for is never called, so it never starts. */
function openChannel(channel: Channel, options: AccountOptions) {
  const { loop, random, disorder, onEnd } = options;
  const starts = coldStarts(channel, options);
  const made = functionsOf({ loop, random });
  const make = <E, R>(job: keyof typeof starts, coldStart: ColdStart<E, R>): SimFunction<E, R> =>
    made(functionName(channel, job), DEPLOYED.timeoutMs[job], coldStart, onEnd);
  const { name, deployment } = channel.platform;
  const { visibilityMs, maxReceives, batchSize } = DEPLOYED.queue;
  const queue = createSimQueue({
    name,
    visibilityMs,
    maxReceives,
    loop,
    random: random.fork(`queue-${name}`),
    disorder: () => disorder(name),
  });
  const source = connect({
    queue,
    consumer: make('process', starts.process),
    batchSize,
    maxConcurrency: deployment.maxConcurrency,
    loop,
  });
  return {
    queue,
    source,
    receive: make('receive', starts.receive),
    poll: make('poll', starts.poll),
    reconcile: make('reconcile', starts.reconcile),
    operator: createFunction<Errand, void>({
      name: 'operator',
      timeoutMs: OPERATOR_MS,
      coldStart: (clock) => startOperator(channel, clock, options),
      loop,
      random: random.fork(`operator-${name}`),
      onEnd,
    }),
  };
}
