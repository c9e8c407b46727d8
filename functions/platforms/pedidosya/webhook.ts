import * as z from 'zod';
import type { Normalised } from '../../domain/order.ts';
import { foreignBytes } from '../../domain/privacy.ts';
import { jsonOf } from '../../http/answer.ts';
import type { JobResult } from '../../storage/job-results.ts';
import type { Incoming, Intake, Reading } from '../intake.ts';
import type { Store } from '../store.ts';
import { readJob } from './catalogue-job.ts';
import { normalisePedidosyaOrder, outletIn } from './normalise.ts';
import { orderIdSchema } from './order/schema.ts';
import type { PedidosyaChain } from './settings.ts';

/** What came to the webhook: one URL may serve orders and catalogue results, and nothing but the body tells them apart. */
export type PedidosyaWebhook =
  | { kind: 'order'; orderId: string; json: unknown }
  | { kind: 'catalogue-job'; result: JobResult }
  | { kind: 'unknown'; problem: string };

const order = z.object({ order_id: orderIdSchema });

/**
 * Tells an order from a catalogue result by the presence of `job_id` (Partner API: one URL per purpose is configured,
 * and both may be the same). Never throws; the problem names fields, never values.
 */
export function classifyWebhook(json: unknown): PedidosyaWebhook {
  // First the order: should a body ever carry both ids, an order must not be mistaken for a report.
  const asOrder = order.safeParse(json);
  if (asOrder.success) return { kind: 'order', orderId: asOrder.data.order_id, json };
  const job = readJob(json);
  if (job !== undefined) {
    const { duplicated: _, ...result } = job;
    return { kind: 'catalogue-job', result };
  }
  return { kind: 'unknown', problem: 'neither a usable order_id nor a usable job_id' };
}

/** What a webhook says; its route tells the chain. Never throws, whatever the bytes. */
export function readWebhook({ storeId, bytes }: Intake, stores: readonly Store<PedidosyaChain>[]): Reading {
  const store = stores.find(({ id }) => id === storeId);
  if (store === undefined) {
    const problem = 'the chain is not in the configuration';
    return { items: [{ kind: 'unreadable', storeId: storeId ?? '', reason: 'foreign-store', problem }] };
  }
  return { items: [itemOf(bytes, store)] };
}

function itemOf(bytes: Uint8Array, { id: storeId, settings }: Store<PedidosyaChain>): Incoming {
  const json = jsonOf(bytes);
  if (json === undefined) {
    const problem = `${bytes.byteLength} bytes that are not JSON`;
    return { kind: 'unreadable', storeId, reason: 'not-json', problem };
  }
  const webhook = classifyWebhook(json);
  switch (webhook.kind) {
    case 'catalogue-job':
      return { kind: 'job', result: webhook.result };
    case 'unknown':
      return { kind: 'unreadable', storeId, reason: 'schema-mismatch', problem: webhook.problem };
    case 'order': {
      const reading = normalisePedidosyaOrder(json, settings);
      if (!reading.ok && reading.reason === 'foreign-store')
        return {
          kind: 'unreadable',
          storeId,
          reason: reading.reason,
          problem: reading.problem,
          bytes: foreignBytes(reading),
        };
      const outlet = outletIn(webhook.json, settings);
      return { kind: 'order', storeId, orderId: webhook.orderId, reading, bytes, ...(outlet && { outlet }) };
    }
  }
}

/** What bytes that were kept beside a row say; a problem where they hold no order. Never throws, whatever the bytes. */
export function readStoredOrder(bytes: Uint8Array, settings: PedidosyaChain): Normalised {
  const webhook = classifyWebhook(jsonOf(bytes));
  if (webhook.kind === 'order') return normalisePedidosyaOrder(webhook.json, settings);
  const problem = webhook.kind === 'unknown' ? webhook.problem : 'the bytes are of a catalogue job';
  return { ok: false, reason: 'schema-mismatch', problem, storeId: settings.chainId };
}
