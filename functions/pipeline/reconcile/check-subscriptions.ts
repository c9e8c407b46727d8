import { PlatformError } from '../../http/errors.ts';
import type { OAuth } from '../../platforms/oauth.ts';
import type { LastTime } from '../../storage/last-times.ts';
import { BudgetExhausted } from './call-budget.ts';
import { budgeted, type Compared, type Session } from './session.ts';

/** How often a store's webhooks are looked at (ms): a platform that lost one sends nothing, and nobody is told. */
const EVERY_MS = 24 * 3_600_000;

/** The webhooks that the app subscribed in a store. */
export interface SubscribedWebhooks {
  readonly oauth: Pick<OAuth, 'subscriptions' | 'subscribe'>;
  /** Where they are sent. */
  readonly url: string;
  readonly checked: LastTime;
}

/**
 * Once a day: subscribes again what is missing of a store's webhooks, and ends what is doubled or sent to an address that was
 * ours. Whoever is cut off leaves no mark, so the next run looks again. Repairs that failed are tried again too.
 *
 * @returns what went wrong, in words for a person
 */
export async function checkSubscriptions(
  compared: Compared & { readonly webhooks?: SubscribedWebhooks },
  session: Session,
): Promise<string[]> {
  const { webhooks, clock, log, metrics, platform, store } = compared;
  if (webhooks === undefined || session.dryRun) return [];
  const { oauth, url, checked } = webhooks;
  const beganAt = clock.now();
  if (beganAt < ((await checked.get()) ?? 0) + EVERY_MS) return [];
  try {
    const { api } = budgeted(compared, session);
    const { missing, surplus } = await oauth.subscriptions(api, url);
    if (missing.length + surplus.length > 0) {
      const repaired = await oauth.subscribe(api, url);
      metrics.add('SubscriptionsRepaired', platform.name, repaired.created + repaired.deleted);
      log.warn('webhooks of the store were not as they should be, and are again', {
        ...{ runId: session.runId, platform: platform.name, storeId: store.id },
        ...{ missing, surplus },
      });
    }
    await checked.set(beganAt);
    return [];
  } catch (error) {
    if (error instanceof BudgetExhausted) return [];
    if (!(error instanceof PlatformError)) throw error;
    return [`webhooks: ${error.message}`];
  }
}
