import type { Transport } from '../../../functions/http/transport.ts';
import type { CallContext } from '../../../functions/platforms/calls.ts';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import {
  type NuvemshopStoreSettings,
  nuvemshopSettings,
} from '../../../functions/platforms/nuvemshop/settings.ts';
import { storesOf } from '../../../functions/platforms/nuvemshop/stores.ts';
import type { Store } from '../../../functions/platforms/store.ts';
import type { Feedback } from '../../../functions/rate-limit/bucket.ts';
import type { Clock } from '../../../functions/runtime/clock.ts';
import { testConnection } from '../../support/connection.ts';

export const USER_AGENT = 'Acopio tests (dev@example.com)';
export const STORE_ID = '5665778';

/** A store as the configuration gives it, with everything left out that has a default. */
export function storeWith(changes: Partial<NuvemshopStoreSettings> = {}): Store<NuvemshopStoreSettings> {
  const { storeId = STORE_ID, userAgent = USER_AGENT, authUrl, ...settings } = changes;
  const [store] = storesOf(
    nuvemshopSettings().parse({ userAgent, authUrl, stores: [{ storeId, ...settings }] }),
  );
  return store!;
}

export interface ClientOptions extends Partial<CallContext> {
  settings?: Partial<NuvemshopStoreSettings>;
  transport: Transport;
  clock: Clock;
  /** The token that the store's secret holds; `fresh` asks for it past every cache. */
  token?: (options: { fresh: boolean }) => Promise<string>;
  onFeedback?: (feedback: Feedback) => void;
}

/** The client of one store as the platform makes it. */
export function openClient({ settings, transport, clock, token, onFeedback, ...context }: ClientOptions) {
  const connect = testConnection(nuvemshop, storeWith(settings), {
    transport,
    clock,
    onFeedback,
    secretOf: async (_, fresh) => ({ accessToken: (await token?.({ fresh })) ?? 'token-1-of-the-store' }),
  });
  return connect(context);
}
