import { commandsOutput, ERP_OUTPUTS, queueOutputs } from '../config/output-names.ts';
import type { CommandSubject } from '../functions/domain/command-subject.ts';
import type { PlatformName } from '../functions/domain/order.ts';
import { createDeadLetters, type DeadLetters } from '../functions/pipeline/replay/dead-letters.ts';
import { ordersOfMessage } from '../functions/pipeline/replay/orders-of-message.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { createCommandHints, hintOf } from '../functions/runtime/command-hints.ts';
import { createQueue, type Message } from '../functions/runtime/queue.ts';
import { createOutbox } from '../functions/storage/runs.ts';
import { readBacklog } from './backlog.ts';
import type { MerchantStores } from './merchant-stores.ts';
import type { Clients } from './open-clients.ts';
import { type Outputs, outputIfAny } from './outputs.ts';

/** The queues that name what a reader of the orders table's stream gave up: the publisher, and the tracker. */
export type GivenUpQueue = Extract<keyof typeof ERP_OUTPUTS, 'unpublished' | 'unfollowed'>;

/** The queues of a merchant's platforms. Each method throws an OperatorError for a platform that the merchant does not have. */
export function merchantQueues({
  clients: { dynamo, sqs },
  controlTable,
  outputs,
  clock,
  channelOf,
}: Pick<MerchantStores, 'channelOf'> & {
  clients: Clients;
  controlTable: string;
  outputs: Outputs;
  clock: Clock;
}) {
  const outputsOf = (name: PlatformName) => queueOutputs(channelOf(name).platform.name);
  const queueOf = (name: PlatformName) => createQueue(sqs, outputs(outputsOf(name).intake));
  return {
    queueOf,
    /** How much waits in a platform's intake queue. */
    intakeOf: (name: PlatformName) => readBacklog(sqs, outputs(outputsOf(name).intake)),
    deadLettersOf(name: PlatformName): DeadLetters {
      const { platform, stores } = channelOf(name);
      const { intake, deadLetters } = outputsOf(name);
      return createDeadLetters({
        client: sqs,
        from: outputs(deadLetters),
        to: outputs(intake),
        ordersOf: (message: Message) => ordersOfMessage(platform, stores, message),
      });
    },
    /** The outbox of a store that is polled, and the queue that it sends to. */
    outboxOf: (store: KnownStore) => ({
      outbox: createOutbox({ client: dynamo, table: controlTable, clock, ...store }),
      queue: queueOf(store.platform),
    }),
    /** How many messages name changes that were given up; undefined where the deployment is older than the queue's output. */
    async countGivenUp(queue: GivenUpQueue): Promise<number | undefined> {
      const url = outputIfAny(outputs, ERP_OUTPUTS[queue]);
      if (url === undefined) return undefined;
      // A person who looks at one hides it for a while, and it is there all the same.
      const { visible, inWork } = await readBacklog(sqs, url);
      return visible + inWork;
    },
    /** Says that something has commands to be carried out. */
    async hint(key: CommandSubject): Promise<void> {
      const url = outputs(commandsOutput(channelOf(key.platform).platform.name));
      await createCommandHints(sqs, url).send(hintOf(key));
    },
  };
}

export type MerchantQueues = ReturnType<typeof merchantQueues>;
