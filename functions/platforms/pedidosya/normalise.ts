import { type Normalised, type Order, orderSchema } from '../../domain/order.ts';
import {
  type Amounts,
  createAmounts,
  describe,
  omitUndefined,
  omitUndefinedOrNothing,
  readIsoTime,
  readTolerantly,
  shorten,
} from '../reading/tolerant-reader.ts';
import { currencyOf, readLines, readTotals } from './order/money.ts';
import {
  isRequired,
  type PedidosyaCustomer,
  type PedidosyaOrder,
  pedidosyaOrderSchema,
} from './order/schema.ts';
import { readDelivery, readStatuses } from './order/statuses.ts';
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
  settings: PedidosyaChain,
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

function outletOf(client: PedidosyaOrder['client'], settings: PedidosyaChain): string | undefined {
  const configured = settings.stores.find(({ storeId }) => storeId === client?.store_id);
  return client?.external_partner_config_id || configured?.ownCode || client?.store_id || undefined;
}

function timeOf(text: string | null | undefined, path: string, amounts: Amounts): string | undefined {
  if (!text) return undefined;
  const time = readIsoTime(text);
  if (time === undefined) amounts.warnings.push(`${path} is not a date and time, left out`);
  return time;
}

function refusal(json: unknown, settings: PedidosyaChain): (problem: string) => Normalised {
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

/** What a message says about the buyer; `complete` is false when it hides or lacks something that the row may know. */
interface PersonalReading {
  personal: Order['personal'];
  complete: boolean;
}

/**
 * Reads the buyer. PedidosYa leaves the customer out, sends null, or masks names and numbers with asterisks: masked
 * values are left out, because `A**` is nobody's name, and the reading is then not complete.
 */
function readPersonal(order: PedidosyaOrder): PersonalReading {
  // Free text may use asterisks as people do.
  const note = order.comment?.trim() || undefined;
  const { customer } = order;
  if (!customer) return { personal: omitUndefined({ note }), complete: false };
  const name = [customer.first_name, customer.last_name].map(clear).filter(Boolean).join(' ');
  const nationalId = clear(customer.national_id);
  const documentId = nationalId ?? clear(customer.tax_id);
  const personal = omitUndefined({
    name: name === '' ? undefined : name,
    phone: clear(customer.phone_number),
    documentId,
    documentType: documentId === undefined ? undefined : nationalId ? 'national_id' : 'tax_id',
    customerId: clear(customer._id),
    shippingAddress: readAddress(customer.delivery_address),
    note,
  });
  return { personal, complete: !isMasked(customer) };
}

function readAddress(address: PedidosyaCustomer['delivery_address']): Order['personal']['shippingAddress'] {
  if (!address) return undefined;
  const inside = [address.floor, address.apartment, address.block, address.building, address.entrance];
  const floor = inside.map(clear).filter(Boolean).join(' ');
  return omitUndefinedOrNothing({
    street: clear(address.street) ?? clear(address.formattedAddress),
    number: clear(address.number),
    floor: floor === '' ? undefined : floor,
    locality: clear(address.suburb),
    city: clear(address.city),
    postalCode: clear(address.zipcode) ?? clear(address.postal_code),
    country: clear(address.country),
    instructions: address.instructions?.trim() || undefined,
  });
}

function clear(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' || trimmed.includes('*') ? undefined : trimmed;
}

function isMasked({ delivery_address, ...fields }: PedidosyaCustomer): boolean {
  const { instructions: _, ...address } = delivery_address ?? {};
  const values = [...Object.values(fields), ...Object.values(address)];
  return values.some((value) => typeof value === 'string' && value.includes('*'));
}
