import { isoTime, type OrderRow, orderOf } from '../../domain/order-row.ts';
import { textOf } from '../../http/answer.ts';
import type { RawStore } from '../../storage/orders.ts';
import type { ExportedOrder } from '../../storage/privacy-reports.ts';

/** All that is held of an order: the row with its person, and the platform's own bytes until they expire. */
export async function exportOrder(raws: RawStore, row: OrderRow): Promise<ExportedOrder> {
  const platformCopies: ExportedOrder['platformCopies'] = [];
  for (const copy of await raws.list(row)) {
    const bytes = await raws.get(row, copy);
    if (bytes !== undefined)
      platformCopies.push({ keptUntil: isoTime(copy.expiresAt * 1000), content: contentOf(bytes) });
  }
  const order = orderOf(row);
  return {
    id: row.platformOrderId,
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
