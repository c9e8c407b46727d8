import { Metrics as Emf, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { PlatformName } from '../domain/order.ts';
import { METRIC_NAMESPACE, METRICS, type Metrics } from './metric-names.ts';

/** Metrics that are written as log lines (embedded metric format) when `flush` is called at the end of an invocation. */
export interface FlushedMetrics extends Metrics {
  flush(): void;
}

/** One EMF writer per platform, because the platform is a dimension and a line has one set of dimensions. */
export function createMetrics(options: { merchant: string }): FlushedMetrics {
  const writers = new Map<PlatformName, Emf>();
  const writerOf = (platform: PlatformName): Emf => {
    const known = writers.get(platform);
    if (known !== undefined) return known;
    const made = new Emf({ namespace: METRIC_NAMESPACE });
    // The library adds a `service` dimension of its own; an alarm on two dimensions would then see nothing.
    made.clearDefaultDimensions();
    made.setDefaultDimensions({ merchant: options.merchant, platform });
    writers.set(platform, made);
    return made;
  };
  return {
    add: (name, platform, value) => writerOf(platform).addMetric(name, MetricUnit[METRICS[name].unit], value),
    flush: () => {
      for (const writer of writers.values()) if (writer.hasStoredMetrics()) writer.publishStoredMetrics();
    },
  };
}
