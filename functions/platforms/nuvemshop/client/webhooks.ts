import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { PlatformError } from '../../../http/errors.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema } from '../order/schema.ts';
import { NUVEMSHOP_EVENTS, type NuvemshopEventName } from '../webhook-bodies.ts';
import { path } from './call.ts';
import { createIdempotently } from './create-idempotently.ts';
import { checked, collect, type Requests } from './requests.ts';
import { withScope } from './with-scope.ts';

export const webhook = lazily(() => z.looseObject({ id: idSchema(), event: z.string(), url: z.string() }));
export type Webhook = z.output<ReturnType<typeof webhook>>;

/** One subscription: one event, one https address (reference, webhook page). The guide's `headers` is no property of it. */
export const subscription = lazily(() =>
  z.strictObject({
    event: z.enum(NUVEMSHOP_EVENTS),
    url: z.url({ protocol: /^https?$/ }),
  }),
);
type Subscription = z.input<ReturnType<typeof subscription>>;

/** Subscriptions of the store (Nuvemshop reference, webhook page). */
export function createWebhooks(requests: Requests, clock: Clock) {
  const list = (query: { event?: string; url?: string } = {}) =>
    requests.list(webhook(), 'webhooks.list', '/webhooks', query);

  const create = (wanted: Subscription): Promise<Webhook> => {
    const body = checked(subscription(), 'webhooks.create', wanted);
    return createIdempotently({
      clock,
      findExisting: async () =>
        (await collect('webhooks.create', list(body))).find((found) => isSame(found, body)),
      write: () => inScope(body.event, () => requests.post(webhook(), 'webhooks.create', '/webhooks', body)),
    });
  };
  const remove = (id: string) => requests.remove('webhooks.delete', path`/webhooks/${id}`);

  /** The store's subscriptions beside the wanted ones; see `subscribe`. */
  async function compare(
    url: string,
    events: readonly NuvemshopEventName[],
    isOurs: (url: string) => boolean = samePath(url),
  ): Promise<{ kept: Webhook[]; missing: NuvemshopEventName[]; surplus: Webhook[] }> {
    const there = await collect('webhooks.compare', list());
    const kept = events.flatMap((event) => there.find((found) => isSame(found, { event, url })) ?? []);
    return {
      kept,
      missing: events.filter((event) => !kept.some((found) => found.event === event)),
      surplus: there.filter((found) => !kept.includes(found) && (found.url === url || isOurs(found.url))),
    };
  }

  return {
    compare,
    /**
     * Makes the store's subscriptions at `url` those of `events`, and no others: lists, creates what is missing, then
     * deletes what is ours and not wanted (doubled ones too, each of which doubles deliveries). Safe to repeat, and safe
     * to break off: nothing wanted is ever missing in between.
     *
     * @param isOurs which other addresses were ours; by default those with the same path, such as the ones of an earlier
     *   deployment, whose host is gone.
     */
    async subscribe(
      url: string,
      events: readonly NuvemshopEventName[],
      isOurs?: (url: string) => boolean,
    ): Promise<{ created: Webhook[]; deleted: Webhook[]; kept: Webhook[] }> {
      const { kept, missing, surplus: deleted } = await compare(url, events, isOurs);
      const created: Webhook[] = [];
      // One event that the platform refuses keeps none of the others from coming.
      const refused = new Map<NuvemshopEventName, PlatformError>();
      for (const event of missing)
        try {
          created.push(await create({ event, url }));
        } catch (error) {
          if (!(error instanceof PlatformError) || error.kind !== 'refused') throw error;
          refused.set(event, error);
        }
      for (const { id } of deleted) await remove(id);
      refuseAny(refused);
      return { created, deleted, kept };
    },
  };
}

/** @throws PlatformError that names each event, and says of the first why */
function refuseAny(refused: ReadonlyMap<NuvemshopEventName, PlatformError>): void {
  const [error] = refused.values();
  if (error === undefined) return;
  const { platform, operation, kind, status, said, fields, remedy, detail } = error;
  const events = `It refused ${[...refused.keys()].join(', ')}.`;
  throw new PlatformError({
    platform,
    operation,
    kind,
    ...(status === undefined ? {} : { status }),
    ...(said === undefined ? {} : { said }),
    fields,
    ...(remedy === undefined ? {} : { remedy }),
    detail: detail === undefined ? events : `${events} ${detail}`,
    cause: error,
  });
}

/** What events are about, by the beginning of their names, with the scope that covers it (reference, webhook page). */
const SCOPES: readonly (readonly [RegExp, string])[] = [
  [/^(order|fulfillment)/, 'read_orders'],
  [/^(product|category)/, 'read_products'],
  [/^customer\//, 'read_customers'],
  [/^location\//, 'read_locations'],
];

/** Whoever lacks the scope of one event is refused that event; the token is as good as before. */
function inScope<T>(event: NuvemshopEventName, ask: () => Promise<T>): Promise<T> {
  const scope = SCOPES.find(([pattern]) => pattern.test(event))?.[1];
  return scope === undefined ? ask() : withScope({ scope }, ask);
}

function isSame(found: Webhook, wanted: { event: string; url: string }): boolean {
  return found.event === wanted.event && found.url === wanted.url;
}

function samePath(url: string): (other: string) => boolean {
  const path = URL.parse(url)?.pathname;
  return (other) => path !== undefined && path !== '/' && URL.parse(other)?.pathname === path;
}
