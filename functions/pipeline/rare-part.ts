import type { Account } from '../platforms/connection.ts';
import type { EraseStoreMessage, ReceivedMessage } from '../runtime/queue.ts';
import { openPrivacyContext, type PrivacyContext } from './privacy/context.ts';
import { eraseStore } from './privacy/erase-store.ts';
import { handlePrivacyRequest } from './privacy/handle-request.ts';
import type { Asked } from './process.ts';
import { followStanding } from './standing.ts';
import type { StoreContext } from './store-context.ts';

/**
 * What few messages of a platform ask for: privacy requests, erasures of stores, and notices of the app's standing. It lies in a
 * file of its own beside the consumer, which loads it at the first such message. Its classes are not those of the consumer: errors
 * that pass between the two are known by their names.
 */
export interface RarePart {
  openPrivacyContext(context: StoreContext, ordersTable: string, account: Account): PrivacyContext;
  eraseStore(context: PrivacyContext, message: EraseStoreMessage): Promise<void>;
  /** @throws PlatformError when the platform did not say what has to be known of it */
  handleAsked(
    privacy: PrivacyContext,
    item: Asked,
    message: Pick<ReceivedMessage, 'correlationId' | 'receivedAt'>,
  ): Promise<void>;
}

export { eraseStore, openPrivacyContext };

export const handleAsked: RarePart['handleAsked'] = (privacy, item, message) =>
  item.kind === 'privacy'
    ? handlePrivacyRequest(privacy, item, message)
    : followStanding(privacy, item, message);
