import { itemName } from '../../functions/domain/item-name.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { readBucketLevel } from '../../functions/storage/bucket-level.ts';
import { readCircuit } from '../../functions/storage/circuit-breaker.ts';
import { bucketKey } from '../../functions/storage/keys.ts';
import { createReports } from '../../functions/storage/reconcile-memory.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { print } from '../print.ts';
import { storeIn } from '../store-check.ts';

/**
 * How each store stands, from tables and queues alone: nobody is called.
 *
 * @returns 1 when a circuit is open, or dead-letter messages or pages set aside wait for a person
 */
export async function showPlatforms(context: OperatorContext, { json }: { json: boolean }): Promise<number> {
  const queues = new Map<string, Awaited<ReturnType<typeof queueOf>>>();
  for (const name of context.names) queues.set(name, await queueOf(context, name));
  const stores = await Promise.all(context.stores.map((store) => standingOf(context, store)));
  const platforms = context.names.map((platform) => ({
    platform,
    queue: queues.get(platform),
    stores: stores.filter((one) => one.platform === platform),
  }));
  const lines = platforms.flatMap(({ platform, queue, stores: own }) => [
    platform,
    `  queue           ${queue?.visible} wait, ${queue?.inWork} in work or tried again within minutes, ${queue?.delayed} wait for the platform; ${queue?.deadLetters} dead letters`,
    ...own.flatMap(({ storeId, lastChange, circuit, limits, reconciliation, setAside }) => [
      `  store ${storeId}`,
      `    last change   ${lastChange === undefined ? 'none yet' : `${lastChange.at}, ${age(lastChange.ageMs)} ago: ${lastChange.order}`}`,
      `    circuit       ${circuit === undefined ? 'closed' : `open since ${circuit.openedAt}: ${circuit.cause}. ${circuit.remedy}`}`,
      ...limits.map(
        ({ limit, used, burst, waiting }) =>
          `    limit ${limit.padEnd(8)}${used} of ${burst} calls used${Object.entries(waiting)
            .map(([priority, until]) => `; ${priority} work waits until ${until}`)
            .join('')}`,
      ),
      `    reconciled    ${reconciliation === undefined ? 'not yet' : `${reconciliation.endedAt}: ${reconciliation.outcome}${reconciliation.problems.length > 0 ? ` (${reconciliation.problems.join('; ')})` : ''}`}`,
      ...(setAside === 0 ? [] : [`    set aside     ${setAside} pages`]),
    ]),
  ]);
  print(json, { platforms }, lines);
  const needsPerson =
    stores.some(({ circuit, setAside }) => circuit !== undefined || setAside > 0) ||
    [...queues.values()].some(({ deadLetters }) => deadLetters > 0);
  return needsPerson ? EXIT.needsPerson : EXIT.done;
}

const queueOf = async (context: OperatorContext, platform: string) => ({
  ...(await context.intakeOf(platform)),
  deadLetters: await context.deadLettersOf(platform).count(),
});

async function standingOf(context: OperatorContext, known: KnownStore) {
  const { client, table, clock } = context.control;
  const now = clock.now();
  const { platform, store } = storeIn(context, known);
  const [last] = (await context.index.changes({ ...known, limit: 1, newestFirst: true })).keys;
  const open = await readCircuit({ client, table, ...known });
  const report = await createReports({ client, table, ...known }).latest();
  const limits = await Promise.all(
    Object.entries(platform.limits(store)).map(async ([limit, rate]) => {
      const key = bucketKey(platform.name, limit, rate.scope);
      const { waiting, ...level } = await readBucketLevel({ client, table }, key, rate, now);
      const until = Object.entries(waiting).map(([priority, at]) => [priority, isoTime(at)]);
      return { limit, ...level, waiting: Object.fromEntries(until) as Record<string, string> };
    }),
  );
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
      : { circuit: { openedAt: isoTime(open.openedAt), cause: open.cause, remedy: open.remedy } }),
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
    setAside: platform.poll === undefined ? 0 : await context.outboxOf(known).outbox.countAside(),
  };
}

function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}
