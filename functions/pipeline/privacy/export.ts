import type { PlatformName } from '../../domain/order.ts';
import { isoTime, type OrderRow, orderOf } from '../../domain/order-row.ts';
import type { PrivacyRequest } from '../../domain/privacy.ts';
import { textOf } from '../../runtime/text.ts';
import type { OrderStore, RawStore } from '../../storage/orders.ts';
import type { DataReport, ExportedOrder } from '../../storage/privacy-reports.ts';

const REMARKS = [
  'Orders are what Acopio holds of a customer. Carts (checkouts) and draft orders are never read from the platform, so none are held.',
  'The platform itself and every system that reads the orders table hold copies of their own, which are not in this report.',
];

/** Gathers what is held of the orders that a data request names. Works without the platform. */
export async function exportData(
  held: { orders: OrderStore; raws: RawStore },
  request: PrivacyRequest,
  about: { id: string; now: number; platform: PlatformName },
): Promise<DataReport> {
  const orders: ExportedOrder[] = [];
  const missing: string[] = [];
  for (const platformOrderId of request.orderIds) {
    const key = { platform: about.platform, storeId: request.storeId, platformOrderId };
    const row = await held.orders.get(key);
    if (row === undefined) missing.push(platformOrderId);
    else orders.push(await exportOrder(held.raws, row));
  }
  const { storeId, customerId, checkoutIds = [], draftIds = [] } = request;
  return {
    id: about.id,
    storeId,
    ...(customerId === undefined ? {} : { customerId }),
    producedAt: isoTime(about.now),
    orders,
    notHeld: { orders: missing, checkouts: checkoutIds, drafts: draftIds },
    remarks: REMARKS,
  };
}

async function exportOrder(raws: RawStore, row: OrderRow): Promise<ExportedOrder> {
  const platformCopies: ExportedOrder['platformCopies'] = [];
  for (const copy of await raws.list(row)) {
    const bytes = await raws.get(row, copy);
    if (bytes !== undefined)
      platformCopies.push({ keptUntil: isoTime(copy.expiresAt * 1000), content: contentOf(bytes) });
  }
  const order = orderOf(row);
  return {
    orderId: row.platformOrderId,
    ...(order === undefined ? {} : { order }),
    ...(row.erased === undefined ? {} : { erasedAt: isoTime(row.erased.at) }),
    firstSeenAt: isoTime(row.origin.first.at),
    lastSeenAt: isoTime(row.origin.last.at),
    platformCopies,
  };
}

function contentOf(bytes: Uint8Array): unknown {
  const text = textOf(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
