import type { PlatformName } from '../../functions/domain/order.ts';
import { type HeardJob, latestJobs } from '../../functions/storage/job-results.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { OperatorError } from '../outputs.ts';
import { age, print } from '../print.ts';

/** A catalogue job of a platform, and how it stands. */
type ShownJob = HeardJob & { platform: PlatformName; state: 'running' | 'done' | 'failed' };

/**
 * Lists the catalogue jobs that platforms told of in the last 30 days, the newest first, with the products that they left as
 * they were.
 *
 * @returns 1 when one failed, or left a product as it was
 */
export async function listCatalogueJobs(
  context: Pick<OperatorContext, 'channels' | 'control'>,
  { platform, limit, json }: { platform?: PlatformName; limit: number; json: boolean },
): Promise<number> {
  const lists = await Promise.all(
    tellersIn(context, platform).map(async (name) => {
      const jobs = await latestJobs({ ...context.control, platform: name }, limit);
      return jobs.map((job): ShownJob => ({ platform: name, state: stateOf(job), ...job }));
    }),
  );
  const jobs = lists.flat();
  const now = context.control.clock.now();
  print(
    json,
    { jobs },
    jobs.length === 0 ? ['No platform told of a catalogue job.'] : jobs.flatMap((job) => linesOf(job, now)),
  );
  return jobs.some(needsPerson) ? EXIT.needsPerson : EXIT.done;
}

/** @throws OperatorError where none of them tells of its catalogue jobs */
function tellersIn({ channels }: Pick<OperatorContext, 'channels'>, named?: PlatformName): PlatformName[] {
  const names = channels
    .map(({ platform }) => platform)
    .filter(({ name, deployment }) => deployment.tellsCatalogueJobs && (named ?? name) === name)
    .map(({ name }) => name);
  if (names.length > 0) return names;
  throw new OperatorError(
    `Only some platforms tell how their catalogue jobs end; ${named ?? 'none of this merchant'} does not. ` +
      'What is asked of it one by one shows in "stock attention".',
  );
}

const stateOf = ({ endedAt, failed }: HeardJob): ShownJob['state'] =>
  failed ? 'failed' : endedAt === undefined ? 'running' : 'done';

const needsPerson = ({ state, rejectedCount = 0 }: ShownJob): boolean =>
  state === 'failed' || rejectedCount > 0;

function linesOf(job: ShownJob, now: number): string[] {
  const { platform, jobId, state, status, platformStatus = status, vendorId, heardAt, endedAt } = job;
  const { rejected = [], rejectedCount = 0 } = job;
  const facts = [
    platform,
    jobId,
    `${state} (${platformStatus})`,
    ...(vendorId === undefined ? [] : [`outlet ${vendorId}`]),
    `heard of ${age(now - Date.parse(heardAt))} ago`,
    ...(endedAt === undefined ? [] : [`ended ${endedAt}`]),
    ...(rejectedCount === 0 ? [] : [`${rejectedCount} products left as they were`]),
  ];
  const more = rejectedCount - rejected.length;
  return [
    facts.join('  '),
    ...rejected.map(({ product, reasons }) => `  ${product}: ${reasons.join('; ') || 'no reason given'}`),
    ...(more > 0 ? [`  and ${more} more, which are not kept`] : []),
  ];
}
