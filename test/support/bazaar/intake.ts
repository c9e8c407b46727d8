import type * as z from 'zod';
import type { IntakePlatform } from '../../../functions/platforms/platform.ts';
import type { OrderResource } from '../../../functions/platforms/resource.ts';
import { LIMIT_HEADERS, newOrdersJson } from './api.ts';
import { type BazaarClient, createBazaarClient, jsonOf, TIMEOUT_MS } from './client.ts';
import { oauth } from './oauth.ts';
import { normalise, read, readStored } from './read.ts';
import { type Lists, reconciliationOf } from './reconcile.ts';
import { appSecret, type BazaarStore, type settings, storeSecret } from './settings.ts';
import { proof, proofPerStore } from './webhook-proof.ts';

/** What Bazaar may be like, so that tests meet every kind of platform. */
export interface BazaarKind {
  /** `fetched`: webhooks say which order changed. `pushed`: they carry the order. */
  truth?: OrderResource['truth'];
  lists?: Lists;
  /** `store`: each store has a webhook path and a secret of its own. */
  webhooksPer?: 'platform' | 'store';
}

/** What the way in knows of Bazaar: how it is asked, and what it says. */
export function createBazaarIntake({
  truth = 'fetched',
  lists = 'changes',
  webhooksPer = 'platform',
}: BazaarKind = {}): IntakePlatform<z.output<typeof settings>, BazaarStore, BazaarClient> {
  return {
    name: 'bazaar',
    title: 'Bazaar',
    stores: ({ stores }) => stores.map((store) => ({ id: store.storeId, settings: store })),
    credentials: {
      app: {
        schema: () => appSecret,
        per: 'platform',
        description: 'Client id and secret of the app, Bazaar panel, page "Apps"',
        fields: ['clientId', 'clientSecret'],
        previous: { clientSecret: 'previousClientSecret' },
      },
      store: {
        schema: () => storeSecret,
        per: 'store',
        description: 'Access token of the store, which the installation keeps',
        fields: ['accessToken'],
      },
    },
    limits: ({ id, settings: { rate } }) => ({
      api: { scope: id, ...rate },
      hooks: { scope: id, perSecond: 1, burst: 20 },
    }),
    feedback({ headers }, failure) {
      const number = (name: string) => {
        const value = headers.get(name);
        return value === null ? undefined : Number(value);
      };
      return {
        limit: number(LIMIT_HEADERS.size),
        remaining: number(LIMIT_HEADERS.left),
        throttled: failure?.throttled ?? false,
        retryAfterMs: failure?.retryAfterMs,
      };
    },
    connect(store, connection) {
      const tokens = connection.rotatingToken();
      return (context) => createBazaarClient(store.settings, connection.sender(context, tokens));
    },
    check: { read: (api) => api.orderIds() },
    webhook: webhooksPer === 'platform' ? proof : proofPerStore,
    poll: {
      schedule: ({ settings: { poll } }) => ({ everyMinutes: poll.everyMinutes, quietHours: 24 }),
      maxPagesPerRun: ({ settings: { poll } }) => poll.maxPagesPerRun,
      slowestReadMs: TIMEOUT_MS,
      next: (api) => api.newOrders(),
      summarise(bytes) {
        const page = newOrdersJson.safeParse(jsonOf(bytes));
        if (!page.success) return { ok: false, problem: 'the page is not as documented' };
        return { ok: true, returned: page.data.orders.length, pending: page.data.left };
      },
      lostReadRemedy: 'Compare the last orders in the Bazaar panel with the table',
    },
    oauth,
    read,
    resources: {
      order: {
        truth,
        finalStatuses: new Set(['cancelled']),
        normalise,
        readStored,
        isOrderId: (id) => /^o-\d+$/.test(id),
        get: (api, orderId) => api.order(orderId),
        reconciliation: reconciliationOf(lists),
      },
    },
    deployment: { maxConcurrency: 2, tellsBucketFill: true, sendsPrivacyRequests: true },
  };
}

/** Of Bazaar as it usually is. */
export const intake = createBazaarIntake();
