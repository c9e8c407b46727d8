import * as z from 'zod';
import type { Observation } from '../../domain/merge.ts';
import type { Normalised } from '../../domain/order.ts';
import type { OrderKey } from '../../domain/order-row.ts';
import { parseJson } from '../../http/json.ts';
import { normalisePageRecord } from '../../platforms/imotriz/normalise.ts';
import { type PageRecord, readPage } from '../../platforms/imotriz/page.ts';
import { readNuvemshopEvent } from '../../platforms/nuvemshop/event.ts';
import { normaliseNuvemshopOrder } from '../../platforms/nuvemshop/normalise.ts';
import { normalisePedidosyaOrder } from '../../platforms/pedidosya/normalise.ts';
import { classifyWebhook } from '../../platforms/pedidosya/webhook.ts';
import type { ImotrizSettings, NuvemshopSettings, PedidosyaSettings } from '../../platforms/settings.ts';

/** One order found in kept bytes, with the very bytes of its own. */
export interface FoundOrder {
  key: OrderKey;
  reading: Extract<Observation['reading'], { order: unknown }>;
  bytes: Uint8Array;
}

/**
 * What kept bytes say when they are read by today's code. `notice`: they only tell that an order changed, so it has to be
 * fetched. `problem` names fields, never values.
 */
export type StoredReading =
  | { kind: 'orders'; orders: FoundOrder[]; problems: string[] }
  | { kind: 'notice'; orderId?: string };

/** The merchant's platforms; those that the configuration does not name are absent. */
export interface PlatformsSettings {
  nuvemshop?: NuvemshopSettings | undefined;
  pedidosya?: PedidosyaSettings | undefined;
  imotriz?: ImotrizSettings | undefined;
}

/**
 * Reads bytes that were kept beside a row: an order, a notice of one, a whole webhook or a whole page, whatever came.
 * Never throws, whatever the bytes.
 */
export function parseStored(settings: PlatformsSettings, key: OrderKey, bytes: Uint8Array): StoredReading {
  const { nuvemshop, pedidosya, imotriz } = settings;
  if (key.platform === 'nuvemshop' && nuvemshop !== undefined) return readNuvemshop(nuvemshop, bytes);
  if (key.platform === 'pedidosya' && pedidosya !== undefined) return readPedidosya(pedidosya, bytes);
  if (key.platform === 'imotriz' && imotriz !== undefined) return readImotriz(imotriz, bytes);
  return nothing(`${key.platform} is not in the merchant's configuration`);
}

const refetch = z.object({ kind: z.literal('nuvemshop.refetch'), orderId: z.string() });

function readNuvemshop(settings: NuvemshopSettings, bytes: Uint8Array): StoredReading {
  const json = jsonOf(bytes);
  if (json === undefined) return nothing('the bytes are not JSON');
  const request = refetch.safeParse(json);
  if (request.success) return { kind: 'notice', orderId: request.data.orderId };
  const event = readNuvemshopEvent(json);
  if (event.ok) return { kind: 'notice', ...(event.orderId === undefined ? {} : { orderId: event.orderId }) };
  return orders([[normaliseNuvemshopOrder(json, settings), bytes]]);
}

function readPedidosya(settings: PedidosyaSettings, bytes: Uint8Array): StoredReading {
  const webhook = classifyWebhook(jsonOf(bytes));
  if (webhook.kind === 'order') return orders([[normalisePedidosyaOrder(webhook.json, settings), bytes]]);
  return nothing(webhook.kind === 'unknown' ? webhook.problem : 'the bytes are of a catalogue job');
}

function readImotriz(settings: ImotrizSettings, bytes: Uint8Array): StoredReading {
  const page = readPage(bytes);
  const records = page.ok ? page.records : [recordOf(bytes)];
  return orders(
    records.map((record) => [normalisePageRecord(record, settings), Buffer.from(record.raw, 'utf8')]),
  );
}

function recordOf(bytes: Uint8Array): PageRecord {
  const raw = Buffer.from(bytes).toString('utf8');
  const json = jsonOf(bytes);
  return json === undefined
    ? { ok: false, index: 0, raw, problem: 'the bytes are not JSON' }
    : { ok: true, index: 0, raw, json };
}

function orders(read: [Normalised, Uint8Array][]): StoredReading {
  const found: FoundOrder[] = [];
  const problems: string[] = [];
  for (const [one, bytes] of read) {
    if (one.ok) {
      const { platform, storeId, platformOrderId } = one.order;
      found.push({ key: { platform, storeId, platformOrderId }, reading: one, bytes });
    } else problems.push(`${one.reason}: ${one.problem}`);
  }
  return { kind: 'orders', orders: found, problems };
}

const nothing = (problem: string): StoredReading => ({ kind: 'orders', orders: [], problems: [problem] });

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
