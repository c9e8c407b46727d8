import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { STSClient } from '@aws-sdk/client-sts';
import { channelsOf, merchantFile, readMerchant } from '../config/merchant.ts';
import { queueOutputs, secretOutput } from '../config/output-names.ts';
import type { PlatformName } from '../functions/domain/order.ts';
import { openPrivacyContext, type PrivacyContext } from '../functions/pipeline/privacy/context.ts';
import { createDeadLetters, type DeadLetters } from '../functions/pipeline/replay/dead-letters.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { openStore } from '../functions/pipeline/store-context.ts';
import type { Account } from '../functions/platforms/connection.ts';
import { platforms } from '../functions/platforms/registry.ts';
import { clientConfig, secretsClient, sqsClient } from '../functions/runtime/aws-clients.ts';
import { systemClock } from '../functions/runtime/clock.ts';
import { createQueue } from '../functions/runtime/queue.ts';
import { createAuditReader, createAuditTrail, type NewEntry } from '../functions/storage/audit-trail.ts';
import { documentClient } from '../functions/storage/dynamodb.ts';
import { createErasureLedger, type ErasureLedger } from '../functions/storage/erasure-ledger.ts';
import { createOrderIndex } from '../functions/storage/order-index.ts';
import { createOrderStore } from '../functions/storage/orders.ts';
import { createOutbox } from '../functions/storage/runs.ts';
import { checkAccount } from './account.ts';
import { OperatorError, readOutputs } from './outputs.ts';

/** The options that every command has. */
export interface OperatorOptions {
  merchant: string;
  merchantFile?: string;
  outputs: string;
  as?: string;
  json: boolean;
}

/** What a command does, it says; alarms are for what nobody watches. */
const SILENT = {
  metrics: { add: () => {} },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
};

/**
 * Everything an operator's command works with: the merchant's tables and queues, by the operator's own credentials.
 *
 * @throws OperatorError when outputs, account or region are not this merchant's: before anything is read or written.
 */
export async function openContext(options: OperatorOptions) {
  const merchant = readMerchant(options.merchantFile ?? merchantFile(options.merchant));
  const outputs = readOutputs(options.outputs, merchant.name);
  const region = { region: merchant.region };
  const sts = new STSClient(clientConfig(region));
  await checkAccount(merchant, outputs, sts).finally(() => sts.destroy());
  const dynamo = documentClient(region);
  const sqs = sqsClient(region);
  const secretsManager = secretsClient(region);
  const clock = systemClock;
  const ordersTable = outputs('OrdersTableName');
  const control = { client: dynamo, table: outputs('ControlTableName'), clock };
  const trail = createAuditTrail(control);
  const who = options.as ?? `${userInfo().username}@${hostname()}`;
  const channels = channelsOf(merchant);
  const names = channels.map(({ platform }) => platform.name);

  const channelOf = (name: PlatformName) => {
    const found = channels.find(({ platform }) => platform.name === name);
    if (found !== undefined) return found;
    throw new OperatorError(`merchant ${merchant.name} has no ${name} (it has: ${names.join(', ')}).`);
  };
  const queueOf = (name: PlatformName) =>
    createQueue(sqs, outputs(queueOutputs(channelOf(name).platform.name).intake));
  const opened = new Map<string, PrivacyContext>();
  const open = ({ platform: name, storeId }: KnownStore): PrivacyContext => {
    const { platform, stores } = channelOf(name);
    const store = stores.find(({ id }) => id === storeId);
    if (store === undefined) {
      throw new OperatorError(
        `merchant ${merchant.name} has no ${name} store ${storeId} (it has: ${stores.map(({ id }) => id).join(', ')}). ` +
          "Another merchant's is reached with --merchant. One that was taken out of the configuration has to be put back " +
          'into it first.',
      );
    }
    const account: Account = {
      ...SILENT,
      dynamo,
      controlTable: control.table,
      secretsManager,
      secretId: (credential, id) => outputs(secretOutput(platform.name, credential, id, stores.length)),
      clock,
    };
    const context = openStore(platform, store, {
      account,
      ordersTable,
      rawDays: merchant.rawDays,
      queue: queueOf(name),
    });
    return openPrivacyContext(context, ordersTable, account);
  };

  return {
    merchant,
    names,
    stores: channels.flatMap(({ platform, stores }) =>
      stores.map(({ id }): KnownStore => ({ platform: platform.name, storeId: id })),
    ),
    /** Stores whose platform passes on what customers ask about their data. */
    privacyStores: channels
      .filter(({ platform }) => platform.deployment.sendsPrivacyRequests)
      .flatMap(({ platform, stores }) =>
        stores.map(({ id }): KnownStore => ({ platform: platform.name, storeId: id })),
      ),
    /** Stores whose pages may wait in an outbox. */
    polledStores: channels
      .filter(({ platform }) => platform.poll !== undefined)
      .flatMap(({ platform, stores }) =>
        stores.map(({ id }): KnownStore => ({ platform: platform.name, storeId: id })),
      ),
    orders: createOrderStore(dynamo, ordersTable),
    index: createOrderIndex(dynamo, ordersTable),
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
    /** A store of the merchant, such as the one that an order is of. @throws OperatorError for any other */
    storeOf(store: KnownStore): PrivacyContext {
      const name = `${store.platform}#${store.storeId}`;
      const context = opened.get(name) ?? open(store);
      opened.set(name, context);
      return context;
    },
    deadLettersOf(name: PlatformName): DeadLetters {
      const { intake, deadLetters } = queueOutputs(channelOf(name).platform.name);
      return createDeadLetters({ client: sqs, from: outputs(deadLetters), to: outputs(intake), clock });
    },
    /** The outbox of a store that is polled, and the queue that it sends to. */
    outboxOf: (store: KnownStore) => ({
      outbox: createOutbox({ ...control, ...store }),
      queue: queueOf(store.platform),
    }),
    /** What another table remembers of a store's erasures. */
    ledgerIn: (table: string, store: KnownStore): ErasureLedger =>
      createErasureLedger({ client: dynamo, table, ...store }),
    who,
    close: () => {
      // The document client's own does nothing.
      dynamo.config.requestHandler.destroy?.();
      sqs.destroy();
      secretsManager.destroy();
    },
  };
}

export type OperatorContext = Awaited<ReturnType<typeof openContext>>;
