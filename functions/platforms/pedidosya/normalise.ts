import { lazily } from '../../domain/lazily.ts';
import type { Normalised, Order } from '../../domain/order.ts';
import { type Amounts, withAmounts } from '../reading/amounts.ts';
import { readIsoTime } from '../reading/times.ts';
import { checkOrder, omitUndefined, readTolerantly } from '../reading/tolerant-reader.ts';
import { readPersonal } from './order/buyer.ts';
import { currencyOf } from './order/currency.ts';
import { readItems } from './order/lines.ts';
import {
  isRequired,
  type PedidosyaOrder,
  pedidosyaOrderSchema,
  readDelivery,
  readStatuses,
} from './order/schema.ts';
import { readMoney } from './order/totals.ts';
import type { PedidosyaChain } from './settings.ts';

/**
 * Makes the normalised order of PedidosYa's order object, from a webhook, a GET or a list alike.
 *
 * The store id is the chain's id from the settings, because an event without `client` must meet the row of its order;
 * the outlet is the partner's own code, else the platform's store id. Parts that a message leaves out (events without
 * `payment` or `customer` are common) are named in `omitted`. `sys.updated_at` orders the messages of an order and may
 * be absent. A chain id that is not ours gives `foreign-store`. Never throws, whatever the JSON.
 */
export function normalisePedidosyaOrder(json: unknown, settings: PedidosyaChain): Normalised {
  const refuse = (problem: string) => refusal(json, settings, problem);
  const reading = readTolerantly(pedidosyaOrderSchema(), json, isRequired);
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
  return withAmounts(currency.currency, 'point', (amounts) => {
    if (currency.warning) amounts.warnings.push(currency.warning);
    const { order, omitted } = assemble(source, settings, currency.currency, amounts);
    if (amounts.problems.length > 0) return refuse(amounts.problems.slice(0, 5).join('; '));
    const checked = checkOrder({ ...order, warnings: [...reading.warnings, ...amounts.warnings] });
    if (!checked.ok) return refuse(checked.problem);
    return { ...checked, ...(omitted.length > 0 ? { omitted } : {}) };
  });
}

function assemble(
  source: PedidosyaOrder,
  settings: PedidosyaChain,
  currency: string,
  amounts: Amounts,
): { order: Omit<Order, 'warnings'>; omitted: (keyof Order)[] } {
  const items = source.items ? readItems(source.items, amounts) : undefined;
  const { lines, totals, discounts, collectAtPickup } = readMoney(source.payment, items, currency, amounts);
  const statuses = readStatuses(source);
  const buyer = readPersonal(source, items, amounts);
  const delivery = readDelivery(source);
  const paymentWord = source.payment?.type?.trim() || undefined;
  const order = omitUndefined<Omit<Order, 'warnings'>>({
    platform: 'pedidosya',
    storeId: settings.chainId,
    platformOrderId: source.order_id,
    outletId: outletOf(source.client, settings),
    displayNumber: source.external_order_id?.trim() || undefined,
    courierCode: source.order_code?.trim() || undefined,
    status: statuses.order,
    // PAID is the only word of `payment.type` that is known.
    payment: omitUndefined({
      status: paymentWord?.toUpperCase() === 'PAID' ? 'paid' : 'unknown',
      collectAtPickup,
    }),
    fulfilment: { status: statuses.fulfilment, ...delivery, parcels: [] },
    platformStatus: omitUndefined({
      status: source.status,
      payment: paymentWord,
      fulfilment: source.transport_type || undefined,
      cancelReason: source.cancellation?.reason || undefined,
      cancelledBy: source.cancellation?.cancelled_by || undefined,
    }),
    countsAsSale: statuses.countsAsSale,
    currency,
    totals,
    discounts,
    lines,
    placedAt: timeOf(source.sys?.created_at, 'sys.created_at', amounts),
    updatedAt: timeOf(source.sys?.updated_at, 'sys.updated_at', amounts),
    preorder: source.isPreorder ?? undefined,
    acceptedFor: timeOf(source.accepted_for, 'accepted_for', amounts),
    promisedFor: timeOf(source.promised_for, 'promised_for', amounts),
    personal: buyer.personal,
  });
  const unsaid = (field: keyof typeof order) => order[field] === undefined;
  // A list without anything in it tells no more than none.
  const withoutLines = lines === undefined || lines.length === 0;
  const silent: Partial<Record<keyof Order, boolean>> = {
    outletId: unsaid('outletId'),
    displayNumber: unsaid('displayNumber'),
    courierCode: unsaid('courierCode'),
    payment: paymentWord === undefined,
    fulfilment:
      delivery.kind === 'unknown' ||
      delivery.by === 'unknown' ||
      (statuses.fulfilment === 'unknown' && !source.order_type),
    platformStatus: paymentWord === undefined || !source.transport_type,
    // Only when no amount came either: amounts and the currency they were read in belong together.
    currency: !source.client?.country_code && !source.items && !source.payment,
    totals: totals.total === undefined,
    discounts: !source.payment,
    lines: withoutLines,
    placedAt: unsaid('placedAt'),
    updatedAt: unsaid('updatedAt'),
    preorder: unsaid('preorder'),
    acceptedFor: unsaid('acceptedFor'),
    promisedFor: unsaid('promisedFor'),
    personal: !buyer.complete,
    // What was odd about lines and amounts stays odd while they are the ones that the row has.
    warnings: withoutLines && totals.total === undefined,
  };
  return { order, omitted: (Object.keys(silent) as (keyof Order)[]).filter((field) => silent[field]) };
}

type Client = PedidosyaOrder['client'];

function outletOf(client: Client, settings: PedidosyaChain): string | undefined {
  const own = client?.external_partner_config_id || configuredOutlet(client, settings)?.ownCode;
  return own || client?.store_id || undefined;
}

function configuredOutlet(
  client: Client,
  { stores }: PedidosyaChain,
): PedidosyaChain['stores'][number] | undefined {
  const code = client?.external_partner_config_id;
  return (
    stores.find(({ storeId }) => storeId === client?.store_id) ??
    stores.find(({ ownCode, storeId }) => code && (ownCode === code || storeId === code))
  );
}

const outlets = lazily(() => pedidosyaOrderSchema().pick({ client: true }));

/** The outlet that an order names, and whether the settings know it; undefined where it names none. */
export function outletIn(
  json: unknown,
  settings: PedidosyaChain,
): { id: string; configured: boolean } | undefined {
  const read = outlets().safeParse(json);
  const client = read.success ? read.data.client : undefined;
  const id = outletOf(client, settings);
  return id === undefined ? undefined : { id, configured: configuredOutlet(client, settings) !== undefined };
}

function timeOf(text: string | null | undefined, path: string, amounts: Amounts): string | undefined {
  if (!text) return undefined;
  const time = readIsoTime(text);
  if (time === undefined) amounts.warnings.push(`${path} is not a date and time, left out`);
  return time;
}

const idAlone = lazily(() => pedidosyaOrderSchema().pick({ order_id: true }));

function refusal(json: unknown, settings: PedidosyaChain, problem: string): Normalised {
  const id = idAlone().safeParse(json);
  return id.success
    ? {
        ok: false,
        reason: 'schema-mismatch',
        problem,
        storeId: settings.chainId,
        platformOrderId: id.data.order_id,
      }
    : { ok: false, reason: 'missing-id', problem, storeId: settings.chainId };
}
