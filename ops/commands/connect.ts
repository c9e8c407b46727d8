import type { Channel } from '../../config/merchant.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import type { Store } from '../../functions/platforms/store.ts';
import { createReports } from '../../functions/storage/reconcile-memory.ts';
import { confirm, mayAsk } from '../ask.ts';
import { type ConnectReport, leftOf, linesOf, type StoreReport, urlsOf } from '../connect-report.ts';
import type { OperatorContext } from '../context.ts';
import { askCredentials, type Filled, type Known, readCredentials, wanted } from '../credential-input.ts';
import { notTried, type Tried, tryAll } from '../credential-trial.ts';
import { readSlot, type SlotState, slotName, slotsOf, writeSlot } from '../credentials.ts';
import { EXIT } from '../exit.ts';
import { OperatorError } from '../outputs.ts';
import { print, command as typed } from '../print.ts';
import { type LiveRead, subscriptionsOf } from '../store-check.ts';
import { checkUnread } from '../unread-input.ts';

export interface ConnectCommand {
  fromStdin: boolean;
  showSecret: boolean;
  yes: boolean;
  dryRun: boolean;
  json: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Connects a platform: fills in its secrets unless a live call shows that they are not good, says of which no call shows it and which URL
 * goes into which field, and looks after the webhooks where the app subscribes them. Without anything to fill in it says how things stand.
 *
 * @param storeId one of the platform's stores; all of them when absent
 * @returns 1 where something is left for a person, 3 where the platform refuses the credentials
 * @throws OperatorError before anything is written
 */
export async function connect(
  context: OperatorContext,
  name: PlatformName,
  storeId: string | undefined,
  command: ConnectCommand,
): Promise<number> {
  const channel = context.channelOf(name);
  const stores = storesMeant(channel, storeId);
  if (!command.fromStdin) checkUnread(say);
  const slots = slotsOf(context, channel).filter(
    (slot) => slot.storeId === undefined || stores.some(({ id }) => id === slot.storeId),
  );
  const before = await Promise.all(
    slots.map(async (slot) => ({ slot, state: await readSlot(context, slot) })),
  );
  const given = command.fromStdin
    ? await readCredentials(channel, before)
    : command.dryRun || command.json
      ? []
      : await askCredentials(before, say);
  const tried = await tryAll(context, channel, stores, given);
  for (const one of given.length === 0 ? [] : tried) {
    if (one.live.outcome === 'refused') return refuse(command, name, one);
    if (one.live.outcome === 'unclear' || one.live.outcome === 'paused')
      throw new OperatorError(
        `Nobody knows whether these credentials are good: ${one.live.why}. Nothing was written. Try again once the platform answers.`,
      );
  }
  await mayReplace(context, before, given, command);
  if (!command.dryRun) await write(context, name, given, tried);
  const reports = await Promise.all(
    tried.map(({ store, live }) => reportOf(context, name, store, live, command)),
  );
  const secrets =
    command.showSecret || given.length > 0 ? await chosenSecrets(context, name, before, command) : [];
  const report: ConnectReport = {
    platform: name,
    dryRun: command.dryRun,
    written: given.map(({ slot }) => slotName(slot)),
    notTried: notTried(given, tried),
    previous: given.flatMap(({ slot, keeps }) => keeps.map((field) => ({ secret: slotName(slot), field }))),
    credentials: before.map(({ slot, state }) => {
      const now: SlotState = given.some((one) => one.slot === slot)
        ? { state: 'filled', value: undefined }
        : state;
      return {
        credential: slot.credential,
        ...(slot.storeId === undefined ? {} : { storeId: slot.storeId }),
        state: now.state,
        needs: wanted(slot),
        where: slot.spec.description,
        ...(now.state === 'unusable' ? { problem: now.problem } : {}),
      };
    }),
    stores: reports,
    urls: urlsOf(context, channel),
    secrets,
  };
  const left = leftOf(channel, report);
  const next = left.length === 0 ? await nextOf(context, name, stores) : [];
  print(command.json, { ...report, left, next }, [...linesOf(channel, report, left), ...next.map(nextLine)]);
  return left.length === 0 ? EXIT.done : EXIT.needsPerson;
}

/** The commands that bring in what stores have already which were never compared. */
async function nextOf(
  context: OperatorContext,
  platform: PlatformName,
  stores: readonly Store[],
): Promise<string[]> {
  const { client, table } = context.control;
  const reports = stores.map(({ id: storeId }) =>
    createReports({ client, table, platform, storeId }).latest(),
  );
  const isNew = (await Promise.all(reports)).includes(undefined);
  return isNew ? [typed(context, `import ${platform}`)] : [];
}

const nextLine = (next: string): string => `Next, bring in what is there already: ${next}`;

function storesMeant({ platform, stores }: Channel, storeId: string | undefined): readonly Store[] {
  if (storeId === undefined) return stores;
  const found = stores.filter(({ id }) => id === storeId);
  if (found.length > 0) return found;
  throw new OperatorError(
    `There is no ${platform.name} store ${storeId} (there are: ${stores.map(({ id }) => id).join(', ')}).`,
  );
}

function refuse({ json }: ConnectCommand, platform: PlatformName, { store, live }: Tried): number {
  const why = 'why' in live ? live.why : '';
  print(json, { platform, storeId: store.id, outcome: 'refused', why, written: [] }, [
    `${platform} refuses these credentials of store ${store.id}: ${why}`,
    'Nothing was written. Copy them once more from the panel, whole.',
  ]);
  return EXIT.refusedByPlatform;
}

/** What a person typed in before is gone afterwards. */
async function mayReplace(
  { merchant }: OperatorContext,
  before: readonly Known[],
  given: readonly Filled[],
  { yes, dryRun }: ConnectCommand,
): Promise<void> {
  const replaced = before
    .filter(({ slot, state }) => state.state === 'filled' && given.some((one) => one.slot === slot))
    .map(({ slot }) => slotName(slot));
  if (replaced.length === 0 || yes || dryRun) return;
  const forgets = given.flatMap((one) => one.forgets);
  const gone =
    forgets.length === 0 ? '' : ` The ${forgets.join(' and ')} of before the last rotation counts no more.`;
  const what = `This replaces ${replaced.join(' and ')} of merchant ${merchant.name}.${gone}`;
  if (mayAsk() && (await confirm(`${what} Go on?`))) return;
  throw new OperatorError(`${what} Nothing was written. Add --yes.`);
}

async function write(
  context: OperatorContext,
  platform: PlatformName,
  given: readonly Filled[],
  tried: readonly Tried[],
): Promise<void> {
  for (const { slot, value } of given) {
    const { credential, storeId } = slot;
    const about = { platform, credential, ...(storeId === undefined ? {} : { storeId }) };
    await context.audited('connect', about, async () => {
      await writeSlot(context, slot, value);
      return {};
    });
  }
  if (given.length === 0) return;
  // The call that succeeded was made with what was written: work that waited for it goes on.
  for (const { live } of tried) {
    if (live.outcome !== 'good') continue;
    await live.connection.succeeded();
    const token = given.some(({ slot }) => slot.installed);
    if (token) await live.connection.circuit.resume('token', context.control.clock.now());
  }
}

async function reportOf(
  context: OperatorContext,
  platform: PlatformName,
  { id: storeId }: Store,
  live: LiveRead,
  { yes, dryRun, json }: ConnectCommand,
): Promise<StoreReport> {
  if (live.outcome !== 'good') return { storeId, live: live.outcome, why: live.why };
  const subscriptions = subscriptionsOf(context, { platform, storeId }, live.connection);
  if (subscriptions === undefined) return { storeId, live: 'good' };
  const { kept, missing, surplus } = await subscriptions.read();
  const asIs = { storeId, live: 'good', subscriptions: { kept: kept.length, missing, surplus } } as const;
  if (missing.length + surplus.length === 0 || dryRun) return asIs;
  const wrong = `Store ${storeId} lacks ${missing.length} webhooks and has ${surplus.length} too many.`;
  if (!yes && !(!json && mayAsk() && (await confirm(`${wrong} Repair?`)))) return asIs;
  const done = await context.audited('connect webhooks', { platform, storeId }, async () => {
    const { created, deleted } = await subscriptions.repair();
    return { created, deleted };
  });
  return {
    storeId,
    live: 'good',
    subscriptions: { kept: kept.length + done.created, missing: [], surplus: [], repaired: true },
  };
}

/** The secrets that the platform lets us choose: a person types them into its panel. */
async function chosenSecrets(
  context: OperatorContext,
  platform: PlatformName,
  before: readonly Known[],
  { dryRun }: ConnectCommand,
): Promise<{ where: string; secret: string }[]> {
  if (dryRun) return [];
  const shown: { where: string; secret: string }[] = [];
  for (const { slot } of before) {
    const { generated, description } = slot.spec;
    if (generated === undefined) continue;
    const now = await readSlot(context, slot);
    if (now.state !== 'filled' || typeof now.value !== 'object' || now.value === null) continue;
    const { credential } = slot;
    const about = { platform, credential, ...(slot.storeId === undefined ? {} : { storeId: slot.storeId }) };
    await context.audited('connect show-secret', about, async () => ({}));
    shown.push({ where: description, secret: String(Reflect.get(now.value, generated)) });
  }
  return shown;
}
