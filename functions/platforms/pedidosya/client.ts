import { type Answer, createAnyCaller, createCaller, type OtherCall } from './client/call.ts';
import { createCatalogue, type PedidosyaCatalogue } from './client/catalogue.ts';
import { downloadFile } from './client/catalogue-files.ts';
import { type CatalogueJobs, createCatalogueJobs } from './client/catalogue-jobs.ts';
import { createOrderWrites, type PedidosyaOrderWrites } from './client/order-update.ts';
import type { PedidosyaOrderReads } from './client/orders.ts';
import { createPedidosyaReads, type PedidosyaClientOptions, type PedidosyaReads } from './reads.ts';

export interface PedidosyaClient extends PedidosyaReads {
  /** A call as it is passed on for whoever asks for it. */
  through(call: OtherCall): Promise<Answer>;
  orders: PedidosyaOrderReads & PedidosyaOrderWrites;
  catalogue: PedidosyaCatalogue;
  jobs: CatalogueJobs;
  /** Fetches a file that a webhook named, from allowed hosts only and without our token. @throws PlatformError. */
  download(address: string): Promise<string>;
}

/** Makes a client of the Partner API for one chain. Its calls throw PlatformError and nothing else of their own. */
export function createPedidosyaClient(options: PedidosyaClientOptions): PedidosyaClient {
  const { settings, send, sendUnsigned } = options;
  const call = createCaller(send, settings);
  const { orders } = createPedidosyaReads(options);
  return {
    through: createAnyCaller(send, settings),
    orders: { ...orders, ...createOrderWrites(call) },
    catalogue: createCatalogue(call, settings),
    jobs: createCatalogueJobs(call),
    download: (address) => downloadFile(address, sendUnsigned, settings.downloadHosts),
  };
}
