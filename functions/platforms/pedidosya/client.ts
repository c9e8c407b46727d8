import type { CallContext, Connection } from '../calls.ts';
import { createAccessTokens } from './client/access-token.ts';
import { type Answer, createAnyCaller, createCaller, type OtherCall } from './client/call.ts';
import { createCatalogue, type PedidosyaCatalogue } from './client/catalogue.ts';
import { downloadFile } from './client/catalogue-files.ts';
import { type CatalogueJobs, createCatalogueJobs } from './client/catalogue-jobs.ts';
import { createOrders, type PedidosyaOrders } from './client/orders.ts';
import type { PedidosyaChain } from './settings.ts';

export interface PedidosyaClient {
  /** A call as it is passed on for whoever asks for it. */
  through(call: OtherCall): Promise<Answer>;
  orders: PedidosyaOrders;
  catalogue: PedidosyaCatalogue;
  jobs: CatalogueJobs;
  /** Fetches a file that a webhook named, from allowed hosts only and without our token. @throws PlatformError. */
  download(address: string): Promise<string>;
}

/** Makes the clients of the Partner API for one chain. Their calls throw PlatformError and nothing else of their own. */
export function connectPedidosya(
  settings: PedidosyaChain,
  connection: Connection,
): (context: CallContext) => PedidosyaClient {
  const { clock } = connection;
  // A granted token is good for every piece of work in this container.
  const tokensFor = createAccessTokens(connection, settings.baseUrl);
  return (context) => {
    const send = connection.sender(context, tokensFor(context));
    const call = createCaller(send, settings);
    return {
      through: createAnyCaller(send, settings),
      orders: createOrders(call, clock),
      catalogue: createCatalogue(call, settings),
      jobs: createCatalogueJobs(call),
      download: (address) => downloadFile(address, connection.sender(context), settings.downloadHosts),
    };
  };
}
