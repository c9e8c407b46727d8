import { itemName } from '../../functions/domain/item-name.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { Platform } from '../../functions/platforms/platform.ts';
import { readCircuit } from '../../functions/storage/circuit-breaker.ts';
import { createSubscriptionsChecked } from '../../functions/storage/last-times.ts';
import { readPause } from '../../functions/storage/pauses.ts';
import { createReports } from '../../functions/storage/reconcile-memory.ts';
import type { OperatorContext } from '../context.ts';
import { command as typed } from '../print.ts';
import { storeIn } from '../store-check.ts';
import { limitsOfStore } from './limits.ts';

/** How a platform and its stores stand. */
export interface PlatformStanding {
  platform: PlatformName;
  /** As a person writes its name. */
  title: string;
  queue: Awaited<ReturnType<typeof queueOf>>;
  stores: StoreStanding[];
}
export type StoreStanding = Awaited<ReturnType<typeof standingOf>>;

/** How each platform stands, from tables and queues alone: nobody is called. */
export async function platformStandings(context: OperatorContext): Promise<PlatformStanding[]> {
  const stores = Promise.all(context.stores.map((store) => standingOf(context, store)));
  const queues = Promise.all(context.names.map((name) => queueOf(context, name)));
  const [standings, standingQueues] = await Promise.all([stores, queues]);
  return standingQueues.map((queue, at) => {
    const { name: platform, title } = context.channelOf(context.names[at] ?? '').platform;
    return { platform, title, queue, stores: standings.filter((one) => one.platform === platform) };
  });
}

/** Whether a circuit is open, a person paused a store, or dead-letter messages or pages that were set aside wait for a person. */
export const needsPerson = ({ queue, stores }: PlatformStanding): boolean =>
  queue.deadLetters > 0 ||
  stores.some(
    ({ circuit, paused, setAside }) => circuit !== undefined || paused !== undefined || setAside > 0,
  );

async function queueOf(context: OperatorContext, platform: string) {
  const [intake, deadLetters] = await Promise.all([
    context.intakeOf(platform),
    context.deadLettersOf(platform).count(),
  ]);
  return { ...intake, deadLetters };
}

async function standingOf(context: OperatorContext, known: KnownStore) {
  const { client, table, clock } = context.control;
  const now = clock.now();
  const { platform } = storeIn(context, known);
  const store = { client, table, ...known };
  const [changes, open, pause, report, limits, checkedAt, setAside] = await Promise.all([
    context.index.changes({ ...known, limit: 1, newestFirst: true }),
    readCircuit(store),
    readPause(store, now),
    createReports(store).latest(),
    limitsOfStore(context, known),
    platform.oauth && createSubscriptionsChecked(store).get(),
    platform.poll === undefined ? 0 : context.outboxOf(known).outbox.countAside(),
  ]);
  const [last] = changes.keys;
  return {
    ...known,
    ...(last === undefined
      ? {}
      : {
          lastChange: {
            order: itemName(last),
            at: last.changedAt,
            ageMs: now - Date.parse(last.changedAt),
          },
        }),
    ...(open === undefined
      ? {}
      : {
          circuit: {
            openedAt: isoTime(open.openedAt),
            cause: open.cause,
            remedy: open.remedy,
            reconnect: reconnection(context, platform),
          },
        }),
    ...(pause === undefined
      ? {}
      : {
          paused: {
            by: pause.by,
            reason: pause.reason,
            at: isoTime(pause.at),
            until: isoTime(pause.until),
          },
        }),
    limits,
    ...(report === undefined
      ? {}
      : {
          reconciliation: {
            endedAt: report.endedAt,
            outcome: report.outcome,
            counts: report.counts,
            problems: report.problems,
          },
        }),
    /** Of a platform in which the app subscribes them: when the schedule looked at them last. */
    ...(platform.oauth === undefined
      ? {}
      : { subscriptions: checkedAt === undefined ? {} : { checkedAt: isoTime(checkedAt) } }),
    setAside,
  };
}

/** What gives a store that refuses us a new credential: a link that the merchant opens, where the platform has one, or a command. */
const reconnection = (
  context: OperatorContext,
  { name, oauth }: Platform,
): { command: string; link?: string } => ({
  command: typed(context, `connect ${name}`),
  ...(oauth === undefined ? {} : { link: context.outputs(oauth.start.output) }),
});
