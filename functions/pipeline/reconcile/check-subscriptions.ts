import { PlatformError } from '../../http/errors.ts';
import type { OAuth } from '../../platforms/oauth.ts';
import type { LastTime } from '../../storage/last-times.ts';
import { BudgetExhausted } from './call-budget.ts';
import type { RepairedWebhooks } from './report.ts';
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

/** What looking at a store's webhooks came to. */
interface Checked {
  /** What went wrong, in words for a person. */
  problems: string[];
  repaired?: RepairedWebhooks;
  /** The platform refuses the credential, so that nothing else is worth a call. */
  stopped?: PlatformError;
}

/**
 * Once a day: subscribes again what is missing of a store's webhooks, and ends what is doubled or sent to an address that was
 * ours. Whoever is cut off leaves no mark, so the next run looks again. Repairs that failed are tried again too, those that the platform
 * refuses on the next day.
 */
export async function checkSubscriptions(
  compared: Compared & { readonly webhooks?: SubscribedWebhooks },
  session: Session,
): Promise<Checked> {
  const { webhooks, clock, log, metrics, platform, store } = compared;
  if (webhooks === undefined || session.dryRun) return { problems: [] };
  const { oauth, url, checked } = webhooks;
  const beganAt = clock.now();
  if (beganAt < ((await checked.get()) ?? 0) + EVERY_MS) return { problems: [] };
  try {
    const { api } = budgeted(compared, session);
    const { missing, surplus } = await oauth.subscriptions(api, url);
    const isAmiss = missing.length + surplus.length > 0;
    if (isAmiss) {
      const { created, deleted } = await oauth.subscribe(api, url);
      metrics.add('SubscriptionsRepaired', platform.name, created + deleted);
      log.warn('webhooks of the store were not as they should be, and are again', {
        ...{ runId: session.runId, platform: platform.name, storeId: store.id },
        ...{ missing, surplus },
      });
    }
    await checked.set(beganAt);
    return { problems: [], ...(isAmiss ? { repaired: { missing, surplus } } : {}) };
  } catch (error) {
    if (error instanceof BudgetExhausted) return { problems: [] };
    if (!(error instanceof PlatformError)) throw error;
    const problems = [`webhooks: ${error.message}`];
    // It would refuse the same again in a quarter of an hour; tomorrow the app may have what it lacks.
    if (error.kind === 'refused') await checked.set(beganAt);
    return error.kind === 'auth-failed' ? { problems, stopped: error } : { problems };
  }
}
