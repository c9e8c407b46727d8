import type { Transport } from '../../http/transport.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { PedidosyaSettings } from '../settings.ts';
import { createAccessTokens, type PedidosyaCredential, type TokenCache } from './client/access-token.ts';
import { createCaller, type PedidosyaFeedback } from './client/call.ts';
import { createCatalogue, type PedidosyaCatalogue } from './client/catalogue.ts';
import { type CatalogueJobs, createCatalogueJobs } from './client/catalogue-job.ts';
import { downloadFile } from './client/download.ts';
import { createMemoryTokenCache } from './client/memory-token-cache.ts';
import { createOrders, type PedidosyaOrders } from './client/orders.ts';
import type { Operation } from './endpoints.ts';

export interface PedidosyaClientOptions {
  settings: PedidosyaSettings;
  /** The secret's content; `fresh` asks past every cache, after a 401. */
  credential: (options?: { fresh: boolean }) => Promise<PedidosyaCredential>;
  /** Where a granted token outlives the function; in memory when absent. */
  tokenCache?: TokenCache;
  transport: Transport;
  clock: Clock;
  /**
   * Takes a token of the limit that a call counts against, before each single call; may wait or throw. `oauth.token` has a
   * limit of its own (50 a minute), everything else shares 60 a minute per source address.
   */
  admit?: (operation: Operation) => Promise<void>;
  onFeedback?: (feedback: PedidosyaFeedback) => void | Promise<void>;
  /** Follows one delivery or run through its calls. */
  correlationId?: string;
}

export interface PedidosyaClient {
  orders: PedidosyaOrders;
  catalogue: PedidosyaCatalogue;
  jobs: CatalogueJobs;
  /** Fetches a file that a webhook named, from allowed hosts only and without our token. @throws PlatformError. */
  download(address: string): Promise<string>;
}

/** Makes the client of the Partner API for one chain. Its calls throw PlatformError and nothing else of their own. */
export function createPedidosyaClient(options: PedidosyaClientOptions): PedidosyaClient {
  const { settings, clock, transport, tokenCache = createMemoryTokenCache() } = options;
  const { baseUrl, downloadHosts } = settings;
  const tokens = createAccessTokens({ ...options, baseUrl, cache: tokenCache });
  const call = createCaller({ ...options, tokens });
  const following = options.correlationId === undefined ? {} : { correlationId: options.correlationId };
  return {
    orders: createOrders(call, settings, clock),
    catalogue: createCatalogue(call, settings),
    jobs: createCatalogueJobs(call, clock),
    download: (address) =>
      downloadFile(address, { allowedHosts: downloadHosts, transport, clock, ...following }),
  };
}
