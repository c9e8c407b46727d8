import type { Channel } from '../config/merchant.ts';
import type { OperatorContext } from './context.ts';
import type { NotTried } from './credential-trial.ts';
import type { SlotState } from './credentials.ts';
import { indented } from './print.ts';
import type { LiveRead } from './store-check.ts';

/** How a store stands. */
export interface StoreReport {
  storeId: string;
  live: LiveRead['outcome'];
  why?: string;
  subscriptions?: { kept: number; missing: readonly string[]; surplus: readonly string[]; repaired?: true };
}

interface CredentialReport {
  credential: string;
  storeId?: string;
  state: SlotState['state'];
  /** Fields that go into it. */
  needs: string;
  /** Where a person finds them. */
  where: string;
  problem?: string;
}

/** What `connect` found and did. It holds no secret but what a person has to type into a panel. */
export interface ConnectReport {
  platform: string;
  dryRun: boolean;
  /** What was written, or would be. */
  written: readonly string[];
  /** Those of them of which no call showed whether they are good. */
  notTried: readonly NotTried[];
  /** Whose value of before counts beside the new one. */
  previous: readonly { secret: string; field: string }[];
  credentials: readonly CredentialReport[];
  stores: readonly StoreReport[];
  urls: readonly { pasteInto: string; url: string }[];
  secrets: readonly { where: string; secret: string }[];
}

/** The report as a person reads it. */
export function linesOf(
  { platform }: Channel,
  { dryRun, written, notTried, previous, credentials, stores, urls, secrets }: ConnectReport,
  left: readonly string[],
): string[] {
  return [
    ...written.map((one) =>
      dryRun
        ? `Dry run: ${one} would be written.`
        : `${one} is written. The functions use it within five minutes.`,
    ),
    ...notTried.map(({ secret, why }) => `${secret} was not tried: ${why}.`),
    ...previous.map(
      ({ secret, field }) =>
        `The ${field} that ${secret} had before counts as well, until it is replaced again.`,
    ),
    'Secrets',
    ...indented(
      credentials.map((one) => [slotLabel(one), one.state, one.problem ?? `${one.where} (${one.needs})`]),
    ),
    'Stores',
    ...indented(stores.map((one) => [one.storeId, LIVE[one.live], one.why ?? subscriptionText(one)])),
    ...(urls.length === 0 ? [] : ['URLs']),
    ...urls.flatMap(({ pasteInto, url }) => [`  ${pasteInto}`, `    ${url}`]),
    ...secrets.flatMap(({ where, secret }) => [`${where}:`, `  ${secret}`]),
    ...(left.length === 0
      ? [`${platform.title} is connected.`]
      : ['Left to do', ...left.map((one) => `  ${one}`)]),
  ];
}

const LIVE: Readonly<Record<LiveRead['outcome'], string>> = {
  good: 'the platform answers',
  off: 'not tried',
  unfilled: 'not connected yet',
  unusable: 'secret unusable',
  paused: 'paused',
  refused: 'refused',
  unclear: 'no good answer',
};

const slotLabel = ({ credential, storeId }: { credential: string; storeId?: string }): string =>
  storeId === undefined ? credential : `${credential} of ${storeId}`;

function subscriptionText({ subscriptions }: StoreReport): string {
  if (subscriptions === undefined) return '';
  const { kept, missing, surplus, repaired } = subscriptions;
  if (repaired) return `webhooks are repaired: ${kept} subscribed`;
  const parts = [`${kept} webhooks subscribed`];
  if (missing.length > 0) parts.push(`missing: ${missing.join(', ')}`);
  if (surplus.length > 0) parts.push(`too many: ${surplus.join(', ')}`);
  return parts.join('; ');
}

/** Every URL of the platform, and where a person pastes it. */
export function urlsOf(
  { outputs }: Pick<OperatorContext, 'outputs'>,
  { platform: { webhook, oauth }, stores }: Channel,
): { pasteInto: string; url: string }[] {
  const routes = [
    ...(webhook?.routes(stores) ?? []),
    ...(oauth === undefined ? [] : [oauth.callback, oauth.start]),
  ];
  return routes.map(({ output, pasteInto }) => ({ pasteInto, url: outputs(output) }));
}

/** What a person still has to do. */
export function leftOf(
  { platform: { name, oauth } }: Channel,
  { credentials, stores }: Pick<ConnectReport, 'credentials' | 'stores'>,
): string[] {
  const token = oauth?.tokenCredential;
  const secrets = credentials.filter(({ state }) => state !== 'filled');
  return [
    ...secrets
      .filter(({ credential }) => credential !== token)
      .map((one) => `Fill in ${slotLabel(one)}: connect ${name}, on a terminal or with --from-stdin.`),
    ...(secrets.some(({ credential }) => credential === token)
      ? [`Open the installation link above, whole, logged in to the store. Then: connect ${name}`]
      : []),
    ...stores.flatMap(({ storeId, live, why = '', subscriptions }) => {
      if (live === 'refused' || live === 'unusable' || live === 'paused') return [`Store ${storeId}: ${why}`];
      if (live === 'unclear')
        return [`Store ${storeId} did not answer as it should (${why}). Try again in a minute.`];
      if (subscriptions === undefined || subscriptions.missing.length + subscriptions.surplus.length === 0)
        return [];
      return [`Repair the webhooks of store ${storeId}: connect ${name} ${storeId} --yes`];
    }),
  ];
}
