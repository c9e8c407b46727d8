import { pauseStores, resumeStores, storesMeant } from '../actions/pauses.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { DRY_RUN, print } from '../print.ts';

interface Shared {
  json: boolean;
  dryRun: boolean;
}

/** Has nothing call a platform, or one of its stores, for a time. What its webhooks bring is taken on. */
export async function pausePlatform(
  context: OperatorContext,
  name: string,
  { json, dryRun, reason, for: ms }: Shared & { reason: string; for: number },
): Promise<number> {
  const until = context.control.clock.now() + ms;
  const stores = await pauseStores(context, storesMeant(context, name), { reason, until, dryRun });
  const lines = stores.map(({ platform, storeId, until: end, replaced }) => {
    const instead =
      replaced === undefined
        ? ''
        : `, in place of the pause of ${replaced.by} until ${replaced.until}: ${replaced.reason}`;
    return `${platform}:${storeId}  ${dryRun ? 'would be' : 'is'} paused until ${end}${instead}`;
  });
  print(json, { dryRun, stores }, [
    ...lines,
    dryRun
      ? DRY_RUN
      : 'No call is made meanwhile, and what needs one waits. "platforms" shows it; "platforms resume" ends it.',
  ]);
  return EXIT.done;
}

/** Ends a pause before its time. @returns 1 when none of the stores has one */
export async function resumePlatform(
  context: OperatorContext,
  name: string,
  { json, dryRun }: Shared,
): Promise<number> {
  const stores = await resumeStores(context, storesMeant(context, name), { dryRun });
  const words = {
    'not-paused': 'is not paused',
    resumed: 'is resumed',
    'would-be-resumed': 'would be resumed',
  };
  const lines = stores.map(
    ({ platform, storeId, result }) =>
      `${platform}:${storeId}  ${Object.entries(words).find(([word]) => word === result)?.[1] ?? result}`,
  );
  const some = stores.some(({ result }) => result !== 'not-paused');
  print(json, { dryRun, stores }, [
    ...lines,
    ...(dryRun ? [DRY_RUN] : some ? ['What waits is worked on within five minutes.'] : []),
  ]);
  return some ? EXIT.done : EXIT.needsPerson;
}
