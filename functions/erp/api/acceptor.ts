import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Acceptor, acceptCommand } from '../../outbound/commands/accept.ts';
import { acceptCustomer, type CustomerAcceptor } from '../../outbound/commands/accept-customer.ts';
import { acceptProduct, type ProductAcceptor } from '../../outbound/commands/accept-product.ts';
import { type LazyChannel, lazyTables } from '../../outbound/commands/lazy-tables.ts';
import { createStorePlaces, type StorePlaces } from '../../outbound/places.ts';
import type { AwsOptions } from '../../runtime/aws-clients.ts';
import { createPlatformHints } from '../../runtime/command-hints.ts';
import type { Runtime } from '../../runtime/handler.ts';
import { sqsClient } from '../../runtime/sqs-client.ts';
import { createCustomerLinkReader } from '../../storage/erp-customers.ts';
import { createProductMemoryReader, createWantedProducts } from '../../storage/erp-products.ts';
import type { ApiContext } from './context.ts';
import { lazyPassThrough, openStores, type ThroughClients, timeLeftIn } from './lazy-pass-through.ts';

/**
 * What gives commands. It is large and most requests give none, so it lies in a file of its own, which the API loads when the
 * first one does. Its classes are not those of the API: what it throws is known by its name.
 */
export interface CommandsPart {
  createAcceptor(
    runtime: Runtime<'api'>,
    stores: Pick<Acceptor, 'orders'> &
      Pick<CustomerAcceptor, 'customers'> &
      Pick<ProductAcceptor, 'products'> & {
        commands: Acceptor['commands'] & CustomerAcceptor['commands'];
        client: DynamoDBDocumentClient;
        options: AwsOptions;
      },
  ): Pick<ApiContext, 'accept' | 'writeCustomer' | 'linkedCustomer' | 'writeProduct' | 'writtenProduct'>;
  /** What asks platforms while somebody waits. */
  createAsking(
    runtime: Runtime<'api'>,
    client: DynamoDBDocumentClient,
  ): Pick<ApiContext, 'through'> & { readonly places: StorePlaces };
}

/**
 * @param channels the platforms that the merchant sells on
 * @param clients in the place of those that reach AWS
 */
export const commandsPart = (
  channels: readonly LazyChannel[],
  clients: ThroughClients = {},
): CommandsPart => ({
  createAcceptor({ env, clock, log }, { client, options, ...stores }) {
    const links = createCustomerLinkReader({ client, table: env.ORDERS_TABLE });
    const orders = { client, table: env.ORDERS_TABLE, clock };
    const memories = createProductMemoryReader(orders);
    const tables = lazyTables(channels);
    const acceptor: Acceptor & CustomerAcceptor & ProductAcceptor = {
      ...stores,
      links,
      memories,
      wantedProducts: createWantedProducts(orders),
      tableOf: async (key) => (await tables(key))?.commands,
      writeOf: async (key) => (await tables(key))?.customers,
      productWriteOf: async (key) => (await tables(key))?.products,
      hint: createPlatformHints(sqsClient(options), env.COMMAND_QUEUES),
      clock,
      log,
    };
    return {
      accept: (given) => acceptCommand(acceptor, given),
      writeCustomer: (given) => acceptCustomer(acceptor, given),
      linkedCustomer: (key) => links.of(key),
      writeProduct: (given) => acceptProduct(acceptor, given),
      writtenProduct: async (key) => (await memories.of(key)).memory,
    };
  },
  createAsking(runtime, client) {
    const stores = openStores(channels, runtime, clients);
    return {
      through: lazyPassThrough(stores, runtime),
      places: createStorePlaces(stores, {
        client,
        table: runtime.env.CONTROL_TABLE,
        ...timeLeftIn(runtime),
      }),
    };
  },
});
