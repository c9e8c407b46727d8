import type { Account } from '../../platforms/connection.ts';
import { createAuditTrail } from '../../storage/audit-trail.ts';
import { createOrderIndex } from '../../storage/order-index.ts';
import { createPrivacyReports } from '../../storage/privacy-reports.ts';
import type { StoreContext } from '../store-context.ts';
import type { PrivacyContext } from './handle-request.ts';

/** What the privacy requests of one store need beyond its rows and bytes. */
export function openPrivacyContext(
  context: StoreContext,
  ordersTable: string,
  { dynamo: client, controlTable: table, clock }: Pick<Account, 'dynamo' | 'controlTable' | 'clock'>,
): PrivacyContext {
  const control = { client, table, clock };
  return {
    ...context,
    index: createOrderIndex(client, ordersTable),
    trail: createAuditTrail(control),
    reports: createPrivacyReports({
      ...control,
      platform: context.platform.name,
      storeId: context.store.id,
    }),
  };
}
