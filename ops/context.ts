import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { type Channel, channelsOf, type Merchant } from '../config/merchant.ts';
import { commandsOutput, PLACE_OUTPUTS, queueOutputs, secretOutput } from '../config/output-names.ts';
import type { CommandSubject } from '../functions/domain/command-subject.ts';
import { lazily } from '../functions/domain/lazily.ts';
import type { PlatformName } from '../functions/domain/order.ts';
import type { OrderKey } from '../functions/domain/order-row.ts';
import type { Acceptor } from '../functions/outbound/commands/accept.ts';
import { openPrivacyContext, type PrivacyContext } from '../functions/pipeline/privacy/context.ts';
import { createDeadLetters, type DeadLetters } from '../functions/pipeline/replay/dead-letters.ts';
import { ordersOfMessage } from '../functions/pipeline/replay/orders-of-message.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { openStore } from '../functions/pipeline/store-context.ts';
import { hasCommands } from '../functions/platforms/commands.ts';
import type { Account } from '../functions/platforms/connection.ts';
import { platforms } from '../functions/platforms/registry.ts';
import { clientConfig, secretsClient } from '../functions/runtime/aws-clients.ts';
import { systemClock } from '../functions/runtime/clock.ts';
import { createCommandHints, hintOf as hintFor } from '../functions/runtime/command-hints.ts';
import { describeError } from '../functions/runtime/describe-error.ts';
import { createQueue, type Message } from '../functions/runtime/queue.ts';
import { sqsClient } from '../functions/runtime/sqs-client.ts';
import { createAliases } from '../functions/storage/aliases.ts';
import { createAuditReader, createAuditTrail, type NewEntry } from '../functions/storage/audit-trail.ts';
import type { CommandWork } from '../functions/storage/command-keys.ts';
import { commandsAtWork, type WorkRange } from '../functions/storage/command-work.ts';
import { createCommandStore } from '../functions/storage/commands.ts';
import { createCustomerStore } from '../functions/storage/customers.ts';
import { documentClient } from '../functions/storage/dynamodb.ts';
import { createErasureLedger, type ErasureLedger } from '../functions/storage/erasure-ledger.ts';
import { createCustomerLinkReader } from '../functions/storage/erp-customers.ts';
import { getOrders } from '../functions/storage/order-batches.ts';
import { createOrderStore } from '../functions/storage/orders.ts';
import { createProductStore } from '../functions/storage/products.ts';
import { createCustomerIndex, createOrderIndex, createProductIndex } from '../functions/storage/row-index.ts';
import { createOutbox } from '../functions/storage/runs.ts';
import { createSkuReader } from '../functions/storage/stock-index.ts';
import { readBacklog } from './backlog.ts';
import { chosenMerchant } from './chosen-merchant.ts';
import { openEmails } from './emails-context.ts';
import { connectionHint } from './failure-hints.ts';
import { findOutputs } from './find-outputs.ts';
import { OperatorError, type Outputs } from './outputs.ts';
import { openWrittenProducts } from './products-context.ts';
import { openStock } from './stock-context.ts';
import { openWebhooks } from './webhooks-context.ts';

const identity = z.object({ Account: z.string(), Arn: z.string() });

/**
 * Makes sure that the operator's credentials are of the account in which the merchant's stacks stand, and that the
 * merchant's file means the same region. Asks the security token service, which needs no permission.
 *
 * @throws OperatorError naming both accounts, or both regions, when they differ, or saying why nobody could tell.
 */
export async function checkAccount(
  { name, region }: Pick<Merchant, 'name' | 'region'>,
  outputs: Outputs,
  sts: Pick<STSClient, 'send'>,
): Promise<void> {
  const deployed = { account: outputs(PLACE_OUTPUTS.account), region: outputs(PLACE_OUTPUTS.region) };
  if (region !== deployed.region) {
    throw new OperatorError(
      `The file of merchant ${name} says region ${region}, and its stacks stand in ${deployed.region}. Nothing was done. ` +
        'Correct "region" in the file, or name the outputs of the right deployment with --outputs.',
    );
  }
  const { Account, Arn } = await whoAsks(sts);
  if (Account === deployed.account) return;
  throw new OperatorError(
    `These AWS credentials are of account ${Account} (${Arn}), and the stacks of merchant ${name} stand in account ` +
      `${deployed.account}. Nothing was done. Use credentials of ${deployed.account} (AWS_PROFILE), or name the outputs of ` +
      'the right deployment with --outputs.',
  );
}

async function whoAsks(sts: Pick<STSClient, 'send'>): Promise<z.output<typeof identity>> {
  try {
    return identity.parse(await sts.send(new GetCallerIdentityCommand({})));
  } catch (error) {
    const hint = connectionHint(error);
    if (hint !== undefined) throw new OperatorError(hint);
    throw new OperatorError(
      `AWS does not say whose credentials these are (${describeError(error)}). Nothing was done. Check them with ` +
        '"aws sts get-caller-identity": are there any, and have they expired?',
    );
  }
}

/** The options that every command has. */
export interface OperatorOptions {
  merchant?: string;
  merchantFile?: string;
  /** File; found by itself when absent. */
  outputs?: string;
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
 * @param onCall told of every call of a table, a queue or a secret
 * @throws OperatorError when outputs, account or region are not this merchant's: before anything is read or written.
 */
export async function openContext(options: OperatorOptions, onCall?: () => void) {
  const merchant = chosenMerchant(options);
  const outputs = await findOutputs(merchant, options.outputs);
  const region = { region: merchant.region };
  const sts = new STSClient(clientConfig(region));
  await checkAccount(merchant, outputs, sts).finally(() => sts.destroy());
  const dynamo = documentClient(region);
  const sqs = sqsClient(region);
  const secretsManager = secretsClient(region);
  if (onCall !== undefined) {
    const told =
      <A, R>(next: (call: A) => Promise<R>) =>
      (call: A) => {
        onCall();
        return next(call);
      };
    dynamo.middlewareStack.add(told, { step: 'initialize' });
    sqs.middlewareStack.add(told, { step: 'initialize' });
    secretsManager.middlewareStack.add(told, { step: 'initialize' });
  }
  const clock = systemClock;
  const ordersTable = outputs('OrdersTableName');
  const orders = createOrderStore(dynamo, ordersTable);
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
  const hintOf = async (key: CommandSubject) => {
    const hints = createCommandHints(sqs, outputs(commandsOutput(channelOf(key.platform).platform.name)));
    await hints.send(hintFor(key));
  };
  const accountOf = ({ platform, stores }: Channel): Account => ({
    ...SILENT,
    dynamo,
    controlTable: control.table,
    secretsManager,
    secretId: (credential, id) => outputs(secretOutput(platform.name, credential, id, stores.length)),
    clock,
  });
  const emails = lazily(() => openEmails({ dynamo, ordersTable, secretsManager, outputs, clock }));
  const opened = new Map<string, PrivacyContext>();
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
      ordersTable,
      rawDays: merchant.rawDays,
      acknowledgeWithinHours: merchant.erp.acknowledgeWithinHours,
      queue: queueOf(name),
    });
    return openPrivacyContext(context, ordersTable, account);
  };

  const commands = createCommandStore({ client: dynamo, table: ordersTable, clock });
  const products = createProductStore(dynamo, ordersTable);
  const stock = () => openStock({ merchant, channels, control, ordersTable, sqs, outputs });

  return {
    merchant,
    names,
    channels,
    channelOf,
    accountOf,
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
    /** Values of the stacks' outputs. */
    outputs,
    secretsManager,
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
      const shared = { commands, products, hint: hintOf, log: SILENT.log };
      return openWrittenProducts({ merchant, channels, control, ordersTable, stock, ...shared });
    },
    orders,
    /** Many rows with few calls; undefined where there is none. */
    ordersOf: (keys: readonly OrderKey[]) => getOrders(dynamo, ordersTable, keys, orders.get),
    commands,
    /** Commands that are under way, or wait for a person. */
    commandsAtWork: (platform: PlatformName, work: CommandWork, range: WorkRange) =>
      commandsAtWork({ client: dynamo, table: ordersTable }, platform, work, range),
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
      hint: hintOf,
      clock,
      log: SILENT.log,
    } satisfies Acceptor,
    control,
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
    /** A store of the merchant, such as the one that an order is of. @throws OperatorError for any other */
    storeOf(store: KnownStore): PrivacyContext {
      const name = `${store.platform}#${store.storeId}`;
      const context = opened.get(name) ?? open(store);
      opened.set(name, context);
      return context;
    },
    /** How much waits in a platform's intake queue. */
    intakeOf: (name: PlatformName) =>
      readBacklog(sqs, outputs(queueOutputs(channelOf(name).platform.name).intake)),
    deadLettersOf(name: PlatformName): DeadLetters {
      const { platform, stores } = channelOf(name);
      const { intake, deadLetters } = queueOutputs(platform.name);
      const ordersOf = (message: Message) => ordersOfMessage(platform, stores, message);
      return createDeadLetters({
        client: sqs,
        from: outputs(deadLetters),
        to: outputs(intake),
        clock,
        ordersOf,
      });
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
