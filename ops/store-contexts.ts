import type { Channel, Merchant } from '../config/merchant.ts';
import { secretOutput } from '../config/output-names.ts';
import { acknowledgeTerm } from '../functions/domain/acknowledge-term.ts';
import { openPrivacyContext, type PrivacyContext } from '../functions/pipeline/privacy/context.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { openStore } from '../functions/pipeline/store-context.ts';
import type { Account } from '../functions/platforms/connection.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import type { MerchantQueues } from './merchant-queues.ts';
import type { MerchantStores } from './merchant-stores.ts';
import type { Clients } from './open-clients.ts';
import { OperatorError, type Outputs } from './outputs.ts';

/** What a command does, it says; alarms are for what nobody watches. */
export const SILENT = {
  metrics: { add: () => {} },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
};

/** The stores of a merchant, each opened when a command first asks for it. */
export function storeContexts({
  merchant,
  clients: { dynamo, secretsManager },
  tables,
  outputs,
  clock,
  channelOf,
  queueOf,
}: Pick<MerchantStores, 'channelOf'> &
  Pick<MerchantQueues, 'queueOf'> & {
    merchant: Merchant;
    clients: Clients;
    tables: { orders: string; control: string };
    outputs: Outputs;
    clock: Clock;
  }) {
  const accountOf = ({ platform, stores }: Channel): Account => ({
    ...SILENT,
    dynamo,
    controlTable: tables.control,
    secretsManager,
    secretId: (credential, id) => outputs(secretOutput(platform.name, credential, id, stores.length)),
    clock,
  });
  const open = ({ platform: name, storeId }: KnownStore): PrivacyContext => {
    const channel = channelOf(name);
    const { platform, stores } = channel;
    const store = stores.find(({ id }) => id === storeId);
    if (store === undefined) {
      throw new OperatorError(
        `merchant ${merchant.name} has no ${name} store ${storeId} (it has: ${stores.map(({ id }) => id).join(', ')}). ` +
          "Another merchant's is reached with --merchant. One that was taken out of the configuration has to be put back " +
          'into it first.',
      );
    }
    const account = accountOf(channel);
    const context = openStore(platform, store, {
      account,
      ordersTable: tables.orders,
      rawDays: merchant.rawDays,
      acknowledgeTerm: acknowledgeTerm(merchant.erp.acknowledgeWithinHours, merchant.erp.acknowledgedBy),
      queue: queueOf(name),
    });
    return openPrivacyContext(context, tables.orders, account);
  };
  const opened = new Map<string, PrivacyContext>();
  return {
    accountOf,
    /** A store of the merchant, such as the one that an order is of. @throws OperatorError for any other */
    storeOf(store: KnownStore): PrivacyContext {
      const name = `${store.platform}#${store.storeId}`;
      const context = opened.get(name) ?? open(store);
      opened.set(name, context);
      return context;
    },
  };
}
