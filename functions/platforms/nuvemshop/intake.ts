import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import { jsonOf } from '../../http/answer.ts';
import type { IntakePlatform } from '../platform.ts';
import type { StoredReading } from '../resource.ts';
import type { Store } from '../store.ts';
import { readRateLimit } from './client/call.ts';
import { customers } from './customer-resource.ts';
import { normaliseNuvemshopOrder } from './normalise.ts';
import { numericIdSchema } from './order/schema.ts';
import { products } from './product-resource.ts';
import { connecting, createNuvemshopReads, type NuvemshopReads } from './reads.ts';
import { reconciliation } from './reconcile.ts';
import { appSecret, OAUTH_CREDENTIALS, storeSecret } from './secrets.ts';
import type { NuvemshopSettings, NuvemshopStoreSettings } from './settings.ts';
import { storesOf } from './stores.ts';
import { readWebhook } from './webhook.ts';
import { readNuvemshopEvent } from './webhook-bodies.ts';
import { proof } from './webhook-proof.ts';

/** Nuvemshop/Tiendanube: webhooks say which order, product or customer changed, which is then fetched. */
export const intake = {
  name: 'nuvemshop',
  title: 'Nuvemshop',
  stores: storesOf,
  credentials: {
    app: {
      schema: appSecret,
      per: 'platform',
      description: 'Client id and client secret of the app in the Nuvemshop partner panel',
      fields: ['clientId', 'clientSecret'],
      previous: { clientSecret: 'previousClientSecret' },
    },
    store: {
      schema: storeSecret,
      per: 'store',
      description: 'Access token that the app got when it was installed in the Nuvemshop store',
      fields: ['accessToken'],
    },
  },
  // Calls that fit the bucket wait inside the server (reference, introduction, rate limiting).
  limits: ({ id, settings: { rate } }) => ({ api: { scope: id, ...rate, queues: true } }),
  feedback: ({ headers }, failure) =>
    readRateLimit(headers, failure?.throttled ?? false, failure?.retryAfterMs),
  connect: connecting(createNuvemshopReads),
  // The store itself, which every token may read (Nuvemshop reference, store page).
  check: { read: ({ store }) => store.get() },
  webhook: proof,
  oauth: OAUTH_CREDENTIALS,
  read: readWebhook,
  resources: {
    order: {
      truth: 'fetched',
      // A closed (archived) order can be opened again, and a delivered one archived.
      finalStatuses: new Set(['cancelled']),
      normalise: (json, { id: storeId }) => normaliseNuvemshopOrder(json, { storeId }),
      readStored,
      isOrderId: (id) => numericIdSchema().safeParse(id).success,
      get: ({ orders }, orderId) => orders.get(orderId),
      reconciliation,
    },
    product: products,
    customer: customers,
  },
  deployment: { maxConcurrency: 5, tellsBucketFill: true, sendsPrivacyRequests: true },
} satisfies IntakePlatform<NuvemshopSettings, NuvemshopStoreSettings, NuvemshopReads>;

/** Our own message that asks for a fetch is what is kept of an order that could not be fetched. */
const refreshMessage = lazily(() => z.object({ kind: z.literal('refresh'), orderId: z.string() }));

function readStored(bytes: Uint8Array, { id: storeId }: Store): StoredReading {
  const json = jsonOf(bytes);
  if (json === undefined) {
    const reading = { ok: false, reason: 'not-json', problem: 'the bytes are not JSON' } as const;
    return { kind: 'orders', orders: [{ reading, bytes }] };
  }
  const refresh = refreshMessage().safeParse(json);
  if (refresh.success) return { kind: 'changed', orderId: refresh.data.orderId };
  const event = readNuvemshopEvent(json);
  if (event.ok)
    return { kind: 'changed', ...(event.orderId === undefined ? {} : { orderId: event.orderId }) };
  return { kind: 'orders', orders: [{ reading: normaliseNuvemshopOrder(json, { storeId }), bytes }] };
}
