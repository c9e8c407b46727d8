import { itemName } from '../functions/domain/item-name.ts';
import { totalText } from '../functions/domain/money.ts';
import { neverCame, type OrderRow } from '../functions/domain/order-row.ts';

/** A row in one line, without its person. */
export interface RowSummary {
  name: string;
  changedAt: string;
  state: OrderRow['state'];
  number?: string;
  outlet?: string;
  status?: string;
  payment?: string;
  total?: string;
  reason?: string;
  /** Its person was erased before it ever came; nothing else is known of it. */
  erasedBefore?: true;
}

export function summaryOf(row: OrderRow): RowSummary {
  const { order, review, changedAt, state } = row;
  return {
    name: itemName(row),
    changedAt,
    state,
    ...(order?.displayNumber === undefined ? {} : { number: order.displayNumber }),
    ...(order?.outletId === undefined ? {} : { outlet: order.outletId }),
    ...(order === undefined
      ? {}
      : { status: order.status, payment: order.payment.status, total: totalText(order) }),
    ...(review === undefined ? {} : { reason: review.reason }),
    ...(neverCame(row) ? { erasedBefore: true } : {}),
  };
}

/** The summary's columns, without the name. */
export const summaryColumns = ({
  changedAt,
  state,
  number,
  status,
  payment,
  total,
  reason,
  erasedBefore,
}: RowSummary): string[] => [
  changedAt,
  number === undefined ? '' : `no. ${number}`,
  status ?? '',
  payment ?? '',
  total ?? '',
  erasedBefore ? 'never came; its person stays out' : state === 'ok' ? '' : `needs review: ${reason ?? ''}`,
];
