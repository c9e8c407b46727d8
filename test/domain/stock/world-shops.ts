import type { Order } from '../../../functions/domain/order.ts';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import type { StockChannel } from '../../../functions/domain/stock/channel.ts';
import type { Display } from '../../../functions/domain/stock/display.ts';
import { sampleOrder } from '../../support/sample-order.ts';

/** Two shops that show a number and take their own sales off, and an app that knows on and off. */
export const CHANNELS: readonly StockChannel[] = [
  { platform: 'web', storeId: 's', sells: ['main', 'shop'], buffer: 0, shows: 'number' },
  { platform: 'mall', storeId: 's', sells: ['main'], buffer: 2, shows: 'number' },
  { platform: 'app', storeId: 's', sells: ['shop'], buffer: 3, most: 5, shows: 'on-off' },
];
export const PLACES = ['main', 'shop'] as const;

export interface ShopLine {
  readonly lineId: string;
  readonly sku: string;
  quantity: number;
}

/** An order as its platform has it. */
export interface ShopOrder {
  readonly id: string;
  readonly channel: StockChannel;
  lines: ShopLine[];
  /** Of all lines that it ever had. */
  readonly skus: ReadonlySet<string>;
  status: 'received' | 'dispatched' | 'cancelled';
  /** It was handed over, whatever came after. */
  gone: boolean;
  readonly placedAt: number;
  /** When it changed last, where its platform says so. */
  changedAt?: number;
}

/** What a channel shows its buyers of each SKU. */
export class ShopWindow {
  readonly shown = new Map<string, Display>();

  readonly channel: StockChannel;

  constructor(channel: StockChannel) {
    this.channel = channel;
  }

  lets(sku: string, quantity: number): boolean {
    const display = this.shown.get(sku);
    if (display === undefined) return false;
    if ('units' in display) return (display.units ?? 0) >= quantity;
    return display.on && (display.most ?? Number.POSITIVE_INFINITY) >= quantity;
  }

  /** What the platform itself does to its number, which is never below zero. */
  add(sku: string, quantity: number): void {
    const display = this.shown.get(sku);
    if (display !== undefined && 'units' in display && display.units !== null)
      this.shown.set(sku, { units: Math.max(0, display.units + quantity) });
  }
}

export const nameOf = ({ channel, id }: ShopOrder): string => `${channel.platform}:${channel.storeId}:${id}`;

/** The order as the table has it after it was fetched; the row as it was where nothing changed. */
export function fetched(shop: ShopOrder, row: OrderRow | undefined, now: number): OrderRow {
  const { personal: _, ...order } = sampleOrder({
    platform: shop.channel.platform,
    storeId: shop.channel.storeId,
    platformOrderId: shop.id,
    status: shop.status,
    fulfilment: {
      status: shop.gone ? 'dispatched' : 'unpacked',
      kind: 'delivery',
      by: 'merchant',
      parcels: [],
    },
    placedAt: new Date(shop.placedAt).toISOString(),
    ...(shop.changedAt === undefined ? {} : { updatedAt: new Date(shop.changedAt).toISOString() }),
    lines: shop.lines.map(({ lineId, sku, quantity }): NonNullable<Order['lines']>[number] => ({
      lineId,
      sku,
      quantity,
      name: sku,
      unit: Number.isInteger(quantity) ? 'unit' : 'kg',
    })),
  });
  if (row !== undefined && JSON.stringify(row.order) === JSON.stringify(order)) return row;
  return {
    platform: shop.channel.platform,
    storeId: shop.channel.storeId,
    platformOrderId: shop.id,
    state: 'ok',
    order,
    changedAt: new Date(now).toISOString(),
    observedAt: now,
    version: (row?.version ?? 0) + 1,
    revision: (row?.revision ?? 0) + 1,
    origin: { first: { via: 'webhook', at: now }, last: { via: 'webhook', at: now } },
    correlationId: 'c',
    ...(row?.acknowledgements === undefined ? {} : { acknowledgements: row.acknowledgements }),
  };
}
