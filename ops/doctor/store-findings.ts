import * as z from 'zod';
import type { Channel } from '../../config/merchant.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { OAuth, ScopeReview } from '../../functions/platforms/oauth.ts';
import { readCircuit } from '../../functions/storage/circuit-breaker.ts';
import { type Pause, readPause } from '../../functions/storage/pauses.ts';
import type { OperatorContext } from '../context.ts';
import { readSlot, slotName, slotsOf } from '../credentials.ts';
import { type LiveRead, readLive, subscriptionsOf } from '../store-check.ts';
import { type Finding, green } from './finding.ts';
import { lookAt, unseen } from './look.ts';
import { reconciliationFinding } from './reconciliation-finding.ts';

/** Secrets of a platform: filled in, and of the shape that the functions need. */
export async function credentialFindings(context: OperatorContext, channel: Channel): Promise<Finding[]> {
  const { platform } = channel;
  const command = `connect ${platform.name}`;
  const findings = await Promise.all(
    slotsOf(context, channel).map(async (slot): Promise<Finding> => {
      const what = `${platform.name} secret ${slotName(slot)}`;
      const found = await readSlot(context, slot);
      if (found.state === 'filled') return green(what, 'is filled in');
      const why = found.state === 'unfilled' ? 'nobody has filled it in' : found.problem;
      return { level: 'red', what, why, command };
    }),
  );
  return findings;
}

/** Circuit, one harmless call, webhooks and reconciliation of a store. */
export async function storeFindings(context: OperatorContext, store: KnownStore): Promise<Finding[]> {
  const { client, table } = context.control;
  const open = await readCircuit({ client, table, ...store });
  const pause = await readPause({ client, table, ...store }, context.control.clock.now());
  const call = `${named(store)} call`;
  const live = await readLive(context, store).catch((error: unknown) => unseen(call, error));
  return [
    circuitFinding(store, open),
    ...(pause === undefined ? [] : [pauseFinding(store, pause)]),
    ...('level' in live
      ? [live]
      : [
          ...(open === undefined && pause === undefined ? [liveFinding(call, store, live)] : []),
          ...(await lookAt(`${named(store)} webhooks`, () => subscriptionFindings(context, store, live))),
        ]),
    ...(await lookAt(`${named(store)} scopes`, () => scopeFindings(context, store))),
    await reconciliationFinding(context, store),
  ];
}

const named = ({ platform, storeId }: KnownStore): string => `${platform} ${storeId}`;

function circuitFinding(store: KnownStore, open: Awaited<ReturnType<typeof readCircuit>>): Finding {
  const what = `${named(store)} circuit`;
  if (open === undefined) return green(what, 'is closed: calls are made');
  return {
    level: 'red',
    what,
    why: `is open since ${isoTime(open.openedAt)}: ${open.cause}. ${open.remedy}`,
    command: `connect ${store.platform} ${store.storeId}`,
  };
}

function pauseFinding(store: KnownStore, { by, reason, until }: Pause): Finding {
  return {
    level: 'yellow',
    what: `${named(store)} pause`,
    why: `${by} paused it until ${isoTime(until)}: ${reason}`,
    command: `platforms resume ${store.platform}:${store.storeId}`,
  };
}

function liveFinding(what: string, store: KnownStore, live: LiveRead): Finding {
  const command = `connect ${store.platform} ${store.storeId}`;
  if (live.outcome === 'good') return green(what, 'the platform answers');
  const { outcome, why } = live;
  if (outcome === 'off') return { level: 'unknown', what, why };
  if (outcome === 'unclear') return { level: 'yellow', what, why, command: 'doctor' };
  return { level: 'red', what, why, command };
}

async function subscriptionFindings(
  context: OperatorContext,
  store: KnownStore,
  live: LiveRead,
): Promise<Finding[]> {
  if (live.outcome !== 'good') return [];
  const subscriptions = subscriptionsOf(context, store, live.connection);
  if (subscriptions === undefined) return [];
  const what = `${named(store)} webhooks`;
  const { kept, missing, surplus } = await subscriptions.read();
  const command = `connect ${store.platform} ${store.storeId} --yes`;
  if (missing.length > 0)
    return [{ level: 'red', what, why: `the platform does not send ${missing.join(', ')}`, command }];
  if (surplus.length > 0)
    return [{ level: 'yellow', what, why: `sent twice, or elsewhere: ${surplus.join(', ')}`, command }];
  return [green(what, `${kept.length} are subscribed`)];
}

const scopedSecret = z.object({ scopes: z.array(z.string()).min(1) });

/** What the token may do beside what the store needs; nothing where nobody knows, as of a token that was typed in. */
async function scopeFindings(context: OperatorContext, known: KnownStore): Promise<Finding[]> {
  const channel = context.channelOf(known.platform);
  const { oauth }: { oauth?: OAuth | undefined } = channel.platform;
  const { store } = context.storeOf(known);
  const slot = slotsOf(context, channel).find(
    ({ credential, storeId }) => credential === oauth?.tokenCredential && storeId === known.storeId,
  );
  if (oauth?.reviewScopes === undefined || slot === undefined) return [];
  const found = await readSlot(context, slot);
  const secret = scopedSecret.safeParse(found.state === 'filled' ? found.value : undefined);
  if (!secret.success) return [];
  return scopeFindingsOf(`${named(known)} scopes`, oauth.reviewScopes(store, secret.data.scopes));
}

/** @param what the finding is called */
export function scopeFindingsOf(what: string, { missing, surplus }: ScopeReview): Finding[] {
  const next = 'Add it to the app in the partner panel, and open the installation link again.';
  return [
    ...missing.map(
      ({ scope, required, fails }): Finding => ({
        level: required ? 'red' : 'yellow',
        what,
        why: `the app lacks ${scope}, so this fails: ${fails.join(', ')}`,
        next,
      }),
    ),
    ...(surplus.length === 0
      ? []
      : [
          {
            level: 'yellow',
            what,
            why: `nothing needs ${surplus.join(', ')}; the platform rejects an app for scopes without need`,
            next: 'Take them from the app in the partner panel, and open the installation link again.',
          } satisfies Finding,
        ]),
    ...(missing.length + surplus.length === 0 ? [green(what, 'are those that are needed')] : []),
  ];
}
