import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { PlatformName } from '../functions/domain/order.ts';
import type { Acceptor } from '../functions/outbound/commands/accept.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { hasCommands } from '../functions/platforms/commands.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import type { CommandWork } from '../functions/storage/command-keys.ts';
import { commandsAtWork, type WorkRange } from '../functions/storage/command-work.ts';
import { createCommandStore } from '../functions/storage/commands.ts';
import type { OrderStore } from '../functions/storage/orders.ts';
import type { MerchantQueues } from './merchant-queues.ts';
import type { MerchantStores } from './merchant-stores.ts';
import { SILENT } from './store-contexts.ts';

/** What the commands on commands work with. */
export function openCommands({
  client,
  table,
  clock,
  orders,
  channels,
  channelOf,
  hint,
}: Pick<MerchantStores, 'channels' | 'channelOf'> &
  Pick<MerchantQueues, 'hint'> & {
    client: DynamoDBDocumentClient;
    /** Of orders. */
    table: string;
    clock: Clock;
    orders: OrderStore;
  }) {
  const commands = createCommandStore({ client, table, clock });
  return {
    commands,
    /** Commands that are under way, or wait for a person. */
    commandsAtWork: (platform: PlatformName, work: CommandWork, range: WorkRange) =>
      commandsAtWork({ client, table }, platform, work, range),
    /** Platforms that carry out commands for one of the stores. */
    commandPlatforms: channels.filter(hasCommands).map(({ platform }) => platform.name),
    /** What the API gives commands by. */
    acceptor: {
      orders,
      commands,
      tableOf: async ({ platform: name, storeId }: KnownStore) => {
        const { platform, stores } = channelOf(name);
        const store = stores.find(({ id }) => id === storeId);
        return store === undefined ? undefined : platform.commands(store);
      },
      hint,
      clock,
      log: SILENT.log,
    } satisfies Acceptor,
  };
}
