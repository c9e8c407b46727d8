import type { PlatformName } from '../functions/domain/order.ts';
import type { OrderKey } from '../functions/domain/order-row.ts';
import { selectRows } from '../functions/pipeline/replay/select.ts';
import type { OperatorContext } from './context.ts';
import { orderMeant } from './find-order.ts';
import { OperatorError } from './outputs.ts';

export interface OrderFilter {
  platform?: PlatformName;
  /** Epoch ms of the row's last change. */
  from?: number;
  to?: number;
}

/** @throws OperatorError where no moment lies between the times: nothing would be found, which reads as if there were nothing */
export function checkTimes(
  { from, to }: { from?: number | undefined; to?: number | undefined },
  now: number,
): void {
  if (from !== undefined && from > (to ?? now))
    throw new OperatorError('--from must be before --to, and before now. Nothing was done.');
}

/**
 * The orders that a command is about: those that are named, or those of a filter.
 *
 * @throws OperatorError when neither an order nor a filter is there, because that would mean every order there is, or where its
 *   times are in the wrong order
 */
export async function ordersMeant(
  context: OperatorContext,
  names: readonly string[],
  { platform, from, to }: OrderFilter,
): Promise<OrderKey[]> {
  const isFiltered = [platform, from, to].some((one) => one !== undefined);
  if (names.length > 0 && isFiltered) throw new OperatorError('Name orders or a filter, not both.');
  if (names.length === 0 && !isFiltered)
    throw new OperatorError('Name orders, or a filter (--platform, --from, --to).');
  checkTimes({ from, to }, context.control.clock.now());
  if (names.length === 0)
    return selectRows(context, context.stores, {
      ...(platform === undefined ? {} : { platform }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  const keys: OrderKey[] = [];
  for (const name of names) keys.push(await orderMeant(context, name));
  return keys;
}
