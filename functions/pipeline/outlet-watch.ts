import type { PlatformName } from '../domain/order.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { Log } from '../runtime/telemetry.ts';

const DAY_MS = 86_400_000;

/** Notices orders of outlets that nobody configured. They are recorded like all others, but no reconciliation finds those that are missed. */
export interface OutletWatch {
  /** Counts each order; writes a line once a day for each outlet, and not for each order. */
  saw(storeId: string, outlet: { id: string; configured: boolean }): void;
}

/** @param watching the metrics and log of one platform, in one container */
export function createOutletWatch(watching: {
  platform: PlatformName;
  metrics: Metrics;
  log: Log;
  clock: Pick<Clock, 'now'>;
}): OutletWatch {
  const { platform, metrics, log, clock } = watching;
  const toldAt = new Map<string, number>();
  return {
    saw(storeId, { id: outlet, configured }) {
      metrics.add('OutletNotConfigured', platform, configured ? 0 : 1);
      if (configured) return;
      const name = `${storeId}#${outlet}`;
      if (clock.now() - (toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < DAY_MS) return;
      toldAt.set(name, clock.now());
      log.warn('an outlet is not in the configuration: its orders are recorded, but not reconciled', {
        storeId,
        outlet,
      });
    },
  };
}
