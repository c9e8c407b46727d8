import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { STSClient } from '@aws-sdk/client-sts';
import { lazily } from '../functions/domain/lazily.ts';
import type { OrderKey } from '../functions/domain/order-row.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { platforms } from '../functions/platforms/registry.ts';
import { clientConfig } from '../functions/runtime/aws-clients.ts';
import { systemClock } from '../functions/runtime/clock.ts';
import { createAliases } from '../functions/storage/aliases.ts';
import { createAuditReader, createAuditTrail, type NewEntry } from '../functions/storage/audit-trail.ts';
import { createCustomerStore } from '../functions/storage/customers.ts';
import { createErasureLedger, type ErasureLedger } from '../functions/storage/erasure-ledger.ts';
import { createCustomerLinkReader } from '../functions/storage/erp-customers.ts';
import { getOrders } from '../functions/storage/order-batches.ts';
import { createOrderStore } from '../functions/storage/orders.ts';
import { createProductStore } from '../functions/storage/products.ts';
import { createCustomerIndex, createOrderIndex, createProductIndex } from '../functions/storage/row-index.ts';
import { createSkuReader } from '../functions/storage/stock-index.ts';
import { checkAccount } from './check-account.ts';
import { chosenMerchant } from './chosen-merchant.ts';
import { openCommands } from './commands-context.ts';
import { openEmails } from './emails-context.ts';
import { findOutputs } from './find-outputs.ts';
import { merchantQueues } from './merchant-queues.ts';
import { merchantStores } from './merchant-stores.ts';
import { openClients } from './open-clients.ts';
import { openWrittenProducts } from './products-context.ts';
import { openStock } from './stock-context.ts';
import { SILENT, storeContexts } from './store-contexts.ts';
import { openWebhooks } from './webhooks-context.ts';

/** The options that every command has. */
export interface OperatorOptions {
  merchant?: string;
  merchantFile?: string;
  /** File; found by itself when absent. */
  outputs?: string;
  as?: string;
  json: boolean;
}

/**
 * Everything an operator's command works with: the merchant's tables and queues, by the operator's own credentials.
 *
 * @param onCall told of every call of a table, a queue or a secret
 * @throws OperatorError when outputs, account or region are not this merchant's: before anything is read or written.
 */
export async function openContext(options: OperatorOptions, onCall?: () => void) {
  const merchant = chosenMerchant(options);
  const outputs = await findOutputs(merchant, options.outputs);
  const region = { region: merchant.region };
  const sts = new STSClient(clientConfig(region));
  await checkAccount(merchant, outputs, sts).finally(() => sts.destroy());
  const { close, ...clients } = openClients(region, onCall);
  const { dynamo, sqs, secretsManager } = clients;
  const clock = systemClock;
  const ordersTable = outputs('OrdersTableName');
  const control = { client: dynamo, table: outputs('ControlTableName'), clock };
  const trail = createAuditTrail(control);
  const who = options.as ?? `${userInfo().username}@${hostname()}`;

  const stores = merchantStores(merchant);
  const { channels, channelOf } = stores;
  const shared = { clients, outputs, clock, channelOf };
  const queues = merchantQueues({ ...shared, controlTable: control.table });
  const { hint, queueOf } = queues;
  const tables = { orders: ordersTable, control: control.table };
  const orders = createOrderStore(dynamo, ordersTable);
  const products = createProductStore(dynamo, ordersTable);
  const ofOrders = { client: dynamo, table: ordersTable, clock };
  const commands = openCommands({ ...ofOrders, orders, channels, channelOf, hint });
  const emails = lazily(() => openEmails({ dynamo, ordersTable, secretsManager, outputs, clock }));
  const stock = () => openStock({ merchant, channels, control, ordersTable, sqs, outputs });

  return {
    merchant,
    /** Values of the stacks' outputs. */
    outputs,
    secretsManager,
    control,
    ...stores,
    ...queues,
    ...storeContexts({ ...shared, merchant, tables, queueOf }),
    ...commands,
    /** @throws OperatorError when the outputs are of a deployment without endpoints */
    get webhooks() {
      return openWebhooks({ control, sqs, secretsManager, outputs });
    },
    /** @throws OperatorError when the merchant's stock is not counted */
    get stock() {
      return stock();
    },
    /** Products of the merchant's own system. */
    get writtenProducts() {
      const accepting = { commands: commands.commands, products, hint, log: SILENT.log };
      return openWrittenProducts({ merchant, channels, control, ordersTable, stock, ...accepting });
    },
    orders,
    /** Many rows with few calls; undefined where there is none. */
    ordersOf: (keys: readonly OrderKey[]) => getOrders(dynamo, ordersTable, keys, orders.get),
    index: createOrderIndex(dynamo, ordersTable),
    /** Of a merchant whose stock nobody counts there are none. */
    skus: createSkuReader(dynamo, ordersTable),
    aliases: createAliases(dynamo, ordersTable),
    /** @throws OperatorError when the outputs are of a deployment that finds nothing by an e-mail */
    get emails() {
      return emails();
    },
    products,
    productIndex: createProductIndex(dynamo, ordersTable),
    customers: createCustomerStore(dynamo, ordersTable),
    customerLinks: createCustomerLinkReader({ client: dynamo, table: ordersTable }),
    customerIndex: createCustomerIndex(dynamo, ordersTable),
    entries: createAuditReader({ ...control, platforms: platforms().map(({ name }) => name) }),
    /** Runs work that changes something under an entry of the audit trail. */
    audited: <T extends NewEntry['details']>(
      what: string,
      details: NewEntry['details'],
      work: (correlationId: string) => Promise<T>,
    ): Promise<T> => {
      const id = `ops-${randomUUID()}`;
      return trail.during({ id, who, what, details }, () => work(id));
    },
    /** What another table remembers of a store's erasures. */
    ledgerIn: (table: string, store: KnownStore): ErasureLedger =>
      createErasureLedger({ client: dynamo, table, ...store }),
    who,
    close,
  };
}

export type OperatorContext = Awaited<ReturnType<typeof openContext>>;
