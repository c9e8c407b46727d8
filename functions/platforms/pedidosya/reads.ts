import type { Clock } from '../../runtime/clock.ts';
import type { CallContext, Connection, Send } from '../calls.ts';
import type { Store } from '../store.ts';
import { createAccessTokens } from './client/access-token.ts';
import { createCaller } from './client/call.ts';
import { createCatalogueReads, type PedidosyaCatalogueReads } from './client/catalogue-reads.ts';
import { createOrderReads, type PedidosyaOrderReads } from './client/orders.ts';
import type { PedidosyaChain } from './settings.ts';

/** What a client of one chain is made of. */
export interface PedidosyaClientOptions {
  settings: PedidosyaChain;
  clock: Clock;
  /** Makes the calls, with token and slot. */
  send: Send;
  /** The same without our token, for what lies on another host. */
  sendUnsigned: Send;
}

/** What the way in asks of the Partner API for one chain. */
export interface PedidosyaReads {
  orders: PedidosyaOrderReads;
  catalogue: PedidosyaCatalogueReads;
}

/** Makes what the way in reads a chain with: it changes nothing there. For the whole see `createPedidosyaClient`. */
export function createPedidosyaReads({ settings, clock, send }: PedidosyaClientOptions): PedidosyaReads {
  const call = createCaller(send, settings);
  return { orders: createOrderReads(call, clock), catalogue: createCatalogueReads(call) };
}

/** Connects a chain by a client that is made for each piece of work. */
export const connecting =
  <Client>(create: (options: PedidosyaClientOptions) => Client) =>
  ({ settings }: Store<PedidosyaChain>, connection: Connection): ((context: CallContext) => Client) => {
    const { clock } = connection;
    // A granted token is good for every piece of work in this container.
    const tokensFor = createAccessTokens(connection, settings.baseUrl);
    return (context) => {
      const send = connection.sender(context, tokensFor(context));
      return create({ settings, clock, send, sendUnsigned: connection.sender(context) });
    };
  };
