import { type Normalised, type Order, orderSchema } from '../../domain/order.ts';
import { type Amounts, createAmounts } from '../reading/amounts.ts';
import { omitUndefined } from '../reading/compact.ts';
import { readIsoTime } from '../reading/iso-time.ts';
import { describe, readTolerantly, shorten } from '../reading/tolerant-reader.ts';
import type { PedidosyaSettings } from '../settings.ts';
import { currencyOf } from './order/currencies.ts';
import { readLines } from './order/lines.ts';
import { readPersonal } from './order/personal.ts';
import { isRequired, type PedidosyaOrder, pedidosyaOrderSchema } from './order/schema.ts';
import { readDelivery, readStatuses } from './order/statuses.ts';
import { readTotals } from './order/totals.ts';

/**
 * Makes the normalised order of PedidosYa's order object, from a webhook, a GET or a list alike.
 *
 * The store id is the chain's id from the settings, because an event without `client` must meet the row of its order;
 * the outlet is the partner's own code, else the platform's store id. Parts that a message leaves out (events without
 * `payment` or `customer` are common) are named in `omitted`. `sys.updated_at` orders the messages of an order and may
 * be absent. A chain id that is not ours gives `foreign-store`. Never throws, whatever the JSON.
 */
export function normalisePedidosyaOrder(json: unknown, settings: PedidosyaSettings): Normalised {
  const refuse = refusal(json, settings);
  const reading = readTolerantly(pedidosyaOrderSchema, json, isRequired);
  if (!reading.ok) return refuse(reading.problem);
  const source = reading.value;
  const chainId = source.client?.chain_id;
  if (chainId && chainId.toLowerCase() !== settings.chainId.toLowerCase()) {
    const problem = 'client.chain_id is not the configured chain';
    return {
      ok: false,
      reason: 'foreign-store',
      problem,
      storeId: chainId.slice(0, 128),
      platformOrderId: source.order_id,
    };
  }
  const currency = currencyOf(source.client?.country_code, settings);
  if (!currency.ok) return refuse(currency.problem);
  const amounts = createAmounts(currency.currency);
  if (currency.warning) amounts.warnings.push(currency.warning);
  const { order, omitted } = assemble(source, settings, currency.currency, amounts);
  if (amounts.problems.length > 0) return refuse(amounts.problems.slice(0, 5).join('; '));
  const checked = orderSchema.safeParse({
    ...order,
    warnings: shorten([...reading.warnings, ...amounts.warnings]),
  });
  if (!checked.success) return refuse(describe(checked.error.issues));
  return { ok: true, order: checked.data, ...(omitted.length > 0 ? { omitted } : {}) };
}

function assemble(
  source: PedidosyaOrder,
  settings: PedidosyaSettings,
  currency: string,
  amounts: Amounts,
): { order: Omit<Order, 'warnings'>; omitted: (keyof Order)[] } {
  const lines = source.items ? readLines(source.items, amounts) : undefined;
  const totals = source.payment ? readTotals(source.payment, lines, amounts) : undefined;
  const statuses = readStatuses(source);
  const buyer = readPersonal(source);
  const delivery = readDelivery(source);
  const paymentWord = source.payment?.type?.trim() || undefined;
  const order = omitUndefined<Omit<Order, 'warnings'>>({
    platform: 'pedidosya',
    storeId: settings.chainId,
    platformOrderId: source.order_id,
    outletId: outletOf(source.client, settings),
    displayNumber: source.external_order_id || source.order_code || undefined,
    status: statuses.order,
    // PAID is the only word of `payment.type` that is known.
    payment: omitUndefined({
      status: paymentWord?.toUpperCase() === 'PAID' ? 'paid' : 'unknown',
      method: undefined,
    }),
    fulfilment: { status: statuses.fulfilment, ...delivery, parcels: [] },
    platformStatus: omitUndefined({
      status: source.status,
      payment: paymentWord,
      fulfilment: source.transport_type || undefined,
      cancelReason: source.cancellation?.reason || undefined,
      cancelledBy: source.cancellation?.cancelled_by || undefined,
    }),
    // Cancelled after the rider had it, the sale is settled all the same (Partner API, frequent questions).
    countsAsSale: statuses.order !== 'cancelled' || source.cancellation?.post_picked_up === true,
    currency,
    totals: totals?.totals ?? { goods: 0, discount: 0, shipping: 0, fees: 0, tax: 0, total: 0 },
    lines: lines ?? [],
    placedAt: timeOf(source.sys?.created_at, 'sys.created_at', amounts),
    updatedAt: timeOf(source.sys?.updated_at, 'sys.updated_at', amounts),
    promisedFor: timeOf(source.promised_for, 'promised_for', amounts),
    personal: buyer.personal,
  });
  const silent: Partial<Record<keyof Order, boolean>> = {
    outletId: order.outletId === undefined,
    displayNumber: order.displayNumber === undefined,
    payment: paymentWord === undefined,
    fulfilment: statuses.fulfilment === 'unknown' && !source.order_type,
    // Only when no amount came either: amounts and the currency they were read in belong together.
    currency: !source.client?.country_code && !source.items && !source.payment,
    totals: totals?.complete !== true,
    lines: lines === undefined,
    placedAt: order.placedAt === undefined,
    updatedAt: order.updatedAt === undefined,
    promisedFor: order.promisedFor === undefined,
    personal: !buyer.complete,
  };
  return { order, omitted: (Object.keys(silent) as (keyof Order)[]).filter((field) => silent[field]) };
}

function outletOf(client: PedidosyaOrder['client'], settings: PedidosyaSettings): string | undefined {
  const configured = settings.stores.find(({ storeId }) => storeId === client?.store_id);
  return client?.external_partner_config_id || configured?.ownCode || client?.store_id || undefined;
}

function timeOf(text: string | null | undefined, path: string, amounts: Amounts): string | undefined {
  if (!text) return undefined;
  const time = readIsoTime(text);
  if (time === undefined) amounts.warnings.push(`${path} is not a date and time, left out`);
  return time;
}

function refusal(json: unknown, settings: PedidosyaSettings): (problem: string) => Normalised {
  const id = pedidosyaOrderSchema.pick({ order_id: true }).safeParse(json);
  return (problem) =>
    id.success
      ? {
          ok: false,
          reason: 'schema-mismatch',
          problem,
          storeId: settings.chainId,
          platformOrderId: id.data.order_id,
        }
      : { ok: false, reason: 'missing-id', problem, storeId: settings.chainId };
}
