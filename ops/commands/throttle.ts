import type { PlatformName } from '../../functions/domain/order.ts';
import type { OperatorContext } from '../context.ts';
import { type SharedLimit, sharedLimits } from '../data/limits.ts';
import { EXIT } from '../exit.ts';
import { columns, print } from '../print.ts';

/** How full each limit is, who shares it, and who waits. A full one mends itself, so nobody is called: it answers 0. */
export async function showLimits(
  context: OperatorContext,
  { platform, json }: { platform?: PlatformName; json: boolean },
): Promise<number> {
  const limits = await sharedLimits(context, platform);
  print(
    json,
    { limits },
    columns([['PLATFORM', 'LIMIT', 'USED', 'CALLS/MIN', 'SHARED BY', 'WAITS'], ...limits.map(lineOf)]),
  );
  return EXIT.done;
}

const lineOf = ({ platform, limit, used, burst, perSecond, stores, waiting }: SharedLimit): string[] => [
  platform,
  limit,
  `${used} of ${burst}`,
  String(Math.round(perSecond * 60)),
  stores.join(', '),
  Object.entries(waiting)
    .map(([priority, until]) => `${priority} work until ${until}`)
    .join('; ') || 'nobody',
];
