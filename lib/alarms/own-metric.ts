import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Merchant } from '../../config/merchant.ts';
import type { Platform } from '../../functions/platforms/names.ts';
import {
  type METRIC_DIMENSIONS,
  METRIC_NAMESPACE,
  type MetricName,
} from '../../functions/runtime/metric-names.ts';

/** One of the metrics that our functions emit, with exactly the dimensions they emit it with. */
export function ownMetric(
  merchant: Merchant,
  platform: Platform,
  metricName: MetricName,
  options: MetricOptions = {},
): Metric {
  const dimensionsMap: Record<(typeof METRIC_DIMENSIONS)[number], string> = {
    merchant: merchant.name,
    platform,
  };
  return new Metric({ ...options, namespace: METRIC_NAMESPACE, metricName, dimensionsMap });
}
