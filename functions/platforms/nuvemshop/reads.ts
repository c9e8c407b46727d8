import type { Clock } from '../../runtime/clock.ts';
import type { CallContext, Connection, Send } from '../calls.ts';
import type { Store } from '../store.ts';
import { createCaller } from './client/call.ts';
import { createCatalogueReads, type StoreFacts } from './client/catalogue-reads.ts';
import { createOrderReads } from './client/order-reads.ts';
import { createRequests } from './client/requests.ts';
import { createStore } from './client/store.ts';
import { createWholeReads } from './client/whole-reads.ts';
import { customerFields } from './customer.ts';
import { storeSecret } from './secrets.ts';
import type { NuvemshopStoreSettings } from './settings.ts';

/** What a client of one store is made of. */
export interface NuvemshopClientOptions {
  settings: Pick<NuvemshopStoreSettings, 'storeId' | 'baseUrl' | 'userAgent'> &
    Partial<Pick<NuvemshopStoreSettings, 'catalogue' | 'customers'>>;
  clock: Clock;
  /** Makes the calls, with token and slot. */
  send: Send;
  /** What was learnt of the store before. */
  facts?: StoreFacts;
}

/** What the way in asks of Nuvemshop's API for one store. */
export type NuvemshopReads = ReturnType<typeof createNuvemshopReads>;

/** Makes what the way in reads a store with: it changes nothing there. For the whole see `createNuvemshopClient`. */
export function createNuvemshopReads({ settings, clock, send, facts = {} }: NuvemshopClientOptions) {
  const call = createCaller(settings, send);
  return {
    get orders() {
      return createOrderReads(call);
    },
    get catalogue() {
      return createCatalogueReads(call, createRequests(call), clock, facts);
    },
    /** Whole customers, as they are mirrored. */
    get customerReads() {
      const things = { name: 'customers', fields: customerFields(), setting: 'customers' } as const;
      return createWholeReads(call, things);
    },
    get store() {
      return createStore(createRequests(call));
    },
  };
}

/** Connects a store by a client that is made for each piece of work. */
export const connecting =
  <Client>(create: (options: NuvemshopClientOptions) => Client) =>
  (
    { settings }: Store<NuvemshopStoreSettings>,
    { clock, secret, sender, fixedToken }: Connection,
  ): ((context: CallContext) => Client) => {
    const tokens = fixedToken(secret('store', storeSecret), ({ accessToken }) => accessToken);
    const facts = {};
    return (context) => create({ settings, clock, send: sender(context, tokens), facts });
  };
