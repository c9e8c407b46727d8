import type * as z from 'zod';
import type { Webhook } from '../../../functions/platforms/intake.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import type { Route } from '../../../functions/platforms/store.ts';
import type { BazaarClient } from './client.ts';
import { commands } from './commands.ts';
import { type BazaarKind, createBazaarIntake } from './intake.ts';
import { oauth } from './oauth.ts';
import { type BazaarStore, settings } from './settings.ts';
import { proof, proofPerStore } from './webhook-proof.ts';

/**
 * Bazaar: a platform of the tests, with everything that a platform can have. It is the example for whoever adds one.
 * `api.ts` is what the platform serves, `client.ts` calls it, `read.ts` reads what comes in, `intake.ts` is what the way in
 * knows, and this file is the whole value.
 */
export const createBazaar = (
  kind: BazaarKind = {},
): Platform<z.output<typeof settings>, BazaarStore, BazaarClient> => ({
  ...createBazaarIntake(kind),
  settings: () => settings,
  webhook: webhookOf(kind.webhooksPer ?? 'platform'),
  oauth,
  commands: () => commands,
});

/** Bazaar as it usually is. */
export const bazaar = createBazaar();

function webhookOf(per: 'platform' | 'store'): Webhook<BazaarStore> {
  const privacy: Route[] = ['erase-store', 'erase-customer', 'export-customer'].map((topic) => ({
    path: `/webhooks/bazaar/${topic}`,
    topic,
    output: `Bazaar${topic.replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}Url`,
    pasteInto: `Bazaar panel, page "Privacy", field "${topic}"`,
  }));
  const event: Route = {
    path: '/webhooks/bazaar',
    topic: 'event',
    output: 'BazaarWebhookUrl',
    pasteInto: 'nowhere: the installation subscribes it',
  };
  return {
    ...(per === 'platform' ? proof : proofPerStore),
    routes: (stores) =>
      per === 'platform'
        ? [event, ...privacy]
        : stores.map(({ id }) => ({
            ...event,
            path: `${event.path}/${id}`,
            storeId: id,
            output: `BazaarWebhookUrl${id}`,
          })),
  };
}
