import type { PrivacyTopic } from '../../domain/privacy.ts';
import { jsonOf } from '../../http/answer.ts';
import type { Incoming, Intake, Reading, Webhook } from '../intake.ts';
import type { Route, Store } from '../store.ts';
import type { NuvemshopStoreSettings } from './settings.ts';
import { type PrivacyNoticeTopic, readNuvemshopEvent, readPrivacyNotice } from './webhook-bodies.ts';
import { proof } from './webhook-proof.ts';

/** The topic of the webhooks that are subscribed in the store. */
export const EVENT_TOPIC = 'event';

const PARTNER_PANEL = 'Nuvemshop partner panel, your app';
const ROUTES: readonly (Route & { topic: typeof EVENT_TOPIC | PrivacyNoticeTopic })[] = [
  {
    path: '/webhooks/nuvemshop',
    topic: EVENT_TOPIC,
    output: 'NuvemshopWebhookUrl',
    pasteInto: 'Nuvemshop has no panel field for this one: the installation subscribes it in the store',
  },
  {
    path: '/webhooks/nuvemshop/store-redact',
    topic: 'store/redact',
    output: 'NuvemshopStoreRedactUrl',
    pasteInto: `${PARTNER_PANEL}, privacy webhooks, field "store redact"`,
  },
  {
    path: '/webhooks/nuvemshop/customers-redact',
    topic: 'customers/redact',
    output: 'NuvemshopCustomersRedactUrl',
    pasteInto: `${PARTNER_PANEL}, privacy webhooks, field "customers redact"`,
  },
  {
    path: '/webhooks/nuvemshop/customers-data-request',
    topic: 'customers/data_request',
    output: 'NuvemshopCustomersDataRequestUrl',
    pasteInto: `${PARTNER_PANEL}, privacy webhooks, field "customers data request"`,
  },
];

/** Privacy notices carry no event name (Nuvemshop reference, required webhooks): the path they come to tells them apart. */
const PRIVACY_TOPICS: Readonly<Record<PrivacyNoticeTopic, PrivacyTopic>> = {
  'store/redact': 'erase-store',
  'customers/redact': 'erase-customer',
  'customers/data_request': 'export-customer',
};

const REMEDIES = {
  notice:
    'Settle the app subscription in the Nuvemshop panel: app/resumed follows, and calls go on. If it does not, open the ' +
    'installation link.',
  token:
    'Open the installation link (NuvemshopInstallUrl in the outputs of the stack): calls go on with the new token.',
} as const;

/** One app sends the webhooks of all stores to the same addresses. */
export const webhook: Webhook<NuvemshopStoreSettings> = {
  ...proof,
  routes: () => ROUTES,
};

/** What the body of a webhook says. Never throws, whatever the bytes. */
export function readWebhook(
  { topic, bytes }: Intake,
  stores: readonly Store<NuvemshopStoreSettings>[],
): Reading {
  const json = jsonOf(bytes);
  const isOurs = (storeId: string) => stores.some(({ id }) => id === storeId);
  const mirrored = (storeId: string) => stores.find(({ id }) => id === storeId)?.settings;
  // What names no store of ours is shown under the first one.
  const unreadable: Unreadable = (reason, problem, own) => ({
    kind: 'unreadable',
    storeId: stores[0]?.id ?? 'unknown',
    reason,
    problem,
    ...(own === undefined ? {} : { bytes: own }),
  });
  return isPrivacyTopic(topic)
    ? readPrivacy(topic, json, isOurs, unreadable)
    : { items: [readEvent(json, { isOurs, mirrored }, unreadable)] };
}

type Unreadable = (
  reason: Extract<Incoming, { kind: 'unreadable' }>['reason'],
  problem: string,
  bytes?: Uint8Array,
) => Incoming;

function readEvent(
  json: unknown,
  {
    isOurs,
    mirrored,
  }: {
    isOurs: (storeId: string) => boolean;
    mirrored: (storeId: string) => Pick<NuvemshopStoreSettings, 'catalogue' | 'customers'> | undefined;
  },
  unreadable: Unreadable,
): Incoming {
  if (json === undefined) return unreadable('not-json', 'the bytes are not JSON');
  const event = readNuvemshopEvent(json);
  if (!event.ok) return unreadable('schema-mismatch', event.problem);
  const { storeId, orderId, productId, customerId } = event;
  if (!isOurs(storeId))
    return unreadable('foreign-store', "the notice is of a store that is not this deployment's");
  if (productId !== undefined)
    return mirrored(storeId)?.catalogue
      ? { kind: 'changed', storeId, resource: 'product', orderId: productId }
      : { kind: 'ignored' };
  if (customerId !== undefined)
    return mirrored(storeId)?.customers
      ? { kind: 'changed', storeId, resource: 'customer', orderId: customerId }
      : { kind: 'ignored' };
  return orderId === undefined ? standingOf(storeId, event.event) : { kind: 'changed', storeId, orderId };
}

/**
 * The platform asks that calls end for a store that suspended or removed the app (homologation rules). Events that are
 * about no order, product or customer and not about the app's standing need no work.
 */
function standingOf(storeId: string, event: string): Incoming {
  switch (event) {
    case 'app/resumed':
      return { kind: 'resumed', storeId };
    case 'app/suspended':
      return { kind: 'suspended', storeId, cause: event, remedy: REMEDIES.notice, closedBy: 'notice' };
    case 'app/uninstalled':
      return { kind: 'suspended', storeId, cause: event, remedy: REMEDIES.token, closedBy: 'token' };
    default:
      return { kind: 'ignored' };
  }
}

/**
 * A privacy notice names a person, so nothing of it stays behind once it is handled. One of another store is shown
 * without the person; one that says not what it is about is kept whole, because somebody has to read it.
 */
function readPrivacy(
  topic: PrivacyNoticeTopic,
  json: unknown,
  isOurs: (storeId: string) => boolean,
  unreadable: Unreadable,
): Reading {
  const notice =
    json === undefined
      ? ({ ok: false, problem: 'the bytes are not JSON' } as const)
      : readPrivacyNotice(topic, json);
  if (!notice.ok) return { items: [unreadable('privacy-request', `${topic}: ${notice.problem}`)] };
  const { ok: _, ...request } = notice;
  const { storeId, orderIds, dataRequestId } = request;
  if (isOurs(storeId))
    return { items: [{ kind: 'privacy', storeId, topic: PRIVACY_TOPICS[topic], request }] };
  const bytes = Buffer.from(JSON.stringify({ topic, storeId, orderIds, dataRequestId }));
  const problem = `${topic} is of a store that is not this deployment's; nothing was erased`;
  return { items: [unreadable('foreign-store', problem, bytes)] };
}

const isPrivacyTopic = (topic: string): topic is PrivacyNoticeTopic => Object.hasOwn(PRIVACY_TOPICS, topic);
