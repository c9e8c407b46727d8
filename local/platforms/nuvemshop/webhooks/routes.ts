import * as z from 'zod';
import { covers } from '../access/scopes.ts';
import { readBody } from '../bodies.ts';
import { fail, invalid, notFound } from '../errors.ts';
import { compactOffset } from '../formats.ts';
import { dateRange, onlyParameters, page, pagingParameters, positive } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { webhookEvents } from './events.ts';
import type { Webhook } from './webhook.ts';

const creation = z.strictObject({
  event: z.string(),
  url: z.string(),
  /** The ERP guide sends it; the reference lists no such property and nothing comes of it. */
  headers: z.record(z.string(), z.string()).optional(),
});
const update = creation.partial();

/** Subscriptions of one shop. */
export const webhookRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/webhooks',
    source: 'Guide, list webhooks; reference, webhook page (filters)',
    handle(request, call) {
      onlyParameters(request, [...pagingParameters, ...filters]);
      const sinceId = positive(request, 'since_id') ?? 0;
      const created = dateRange(request, 'created_at');
      const updated = dateRange(request, 'updated_at');
      const url = request.query.get('url');
      const event = request.query.get('event');
      const found = [...call.store.webhooks.values()].filter(
        (webhook) =>
          webhook.id > sinceId &&
          (url === null || webhook.url === url) &&
          (event === null || webhook.event === event) &&
          created(webhook.createdAt) &&
          updated(webhook.updatedAt),
      );
      return page(request, found, render);
    },
  },
  {
    method: 'GET',
    path: '/webhooks/{id}',
    source: 'Reference, webhook page',
    handle: (request, call) => ({ status: 200, body: render(find(call, request.params.id)) }),
  },
  {
    method: 'POST',
    path: '/webhooks',
    source: 'Guide, create a webhook; reference, webhook page (https only, known events, 422 by field)',
    handle(request, call) {
      const body = readBody(request, creation);
      check(call, body.event, body.url);
      const webhook: Webhook = {
        id: call.platform.nextId('webhook'),
        event: body.event,
        url: body.url,
        createdAt: call.now,
        updatedAt: call.now,
      };
      call.store.webhooks.set(webhook.id, webhook);
      return { status: 201, body: render(webhook) };
    },
  },
  {
    method: 'PUT',
    path: '/webhooks/{id}',
    source: 'Guide, update a webhook; reference, webhook page',
    handle(request, call) {
      const webhook = find(call, request.params.id);
      const body = readBody(request, update);
      check(call, body.event ?? webhook.event, body.url ?? webhook.url);
      webhook.event = body.event ?? webhook.event;
      webhook.url = body.url ?? webhook.url;
      webhook.updatedAt = call.now;
      return { status: 200, body: render(webhook) };
    },
  },
  {
    method: 'DELETE',
    path: '/webhooks/{id}',
    source: 'Guide, delete a webhook; reference, webhook page',
    handle(request, call) {
      call.store.webhooks.delete(find(call, request.params.id).id);
      return { status: 200, body: {} };
    },
  },
];

const filters = [
  'since_id',
  'url',
  'event',
  'created_at_min',
  'created_at_max',
  'updated_at_min',
  'updated_at_max',
] as const;

function find(call: ApiCall, id: string | undefined): Webhook {
  const webhook = call.store.webhooks.get(Number(id));
  if (webhook === undefined) throw notFound();
  return webhook;
}

function render(webhook: Webhook): object {
  return {
    id: webhook.id,
    event: webhook.event,
    url: webhook.url,
    created_at: compactOffset(webhook.createdAt),
    updated_at: compactOffset(webhook.updatedAt),
  };
}

function check(call: ApiCall, event: string, url: string): void {
  const problems: Record<string, string[]> = {};
  const scope = webhookEvents[event];
  if (scope === undefined) {
    problems.event = [
      'Invalid event specified. Events allowed are available on Parameters section: https://tiendanube.github.io/api-documentation/resources/webhook#parameters',
    ];
  }
  if (!acceptable(url, call.platform.options.allowLocalWebhooks === true))
    problems.url = ['invalid url specified'];
  if (Object.keys(problems).length > 0) throw invalid(problems);
  if (typeof scope === 'string' && !covers(call.store.scopes, scope))
    throw fail(403, `Missing a required scope: ${scope}`);
}

/** This machine: what runs here can only be told of here. */
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;
/** The platform's own domains, in every country. */
const PLATFORM = /(^|\.)(tiendanube|nuvemshop)(\.com)?(\.[a-z]{2})?$/;

// https only; localhost and the platform's domains are refused (reference, webhook page).
function acceptable(text: string, local: boolean): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  if (LOOPBACK.test(url.hostname)) return local;
  return url.protocol === 'https:' && !PLATFORM.test(url.hostname);
}
