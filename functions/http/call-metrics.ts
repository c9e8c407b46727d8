import type { Metrics } from '../runtime/metric-names.ts';
import type { CallReport } from './transport.ts';

/** Counts every call; throttled and failed ones also as 0, so that their graphs are continuous. */
export function countCalls(metrics: Metrics): (report: CallReport) => void {
  return ({ platform, throttled, failed }) => {
    metrics.add('PlatformCall', platform, 1);
    metrics.add('PlatformThrottled', platform, throttled ? 1 : 0);
    metrics.add('PlatformFailure', platform, failed ? 1 : 0);
  };
}
