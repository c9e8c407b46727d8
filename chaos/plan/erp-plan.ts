import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { MINUTE, SECOND, span } from './drawing.ts';
import type { EndpointTrouble, FeedFault, PlannedFault, ServiceFault } from './fault-kinds.ts';

/** The merchant's own system in a world, and what stands between it and the orders table. */
export interface ErpPlan {
  /** Shards of the orders table's stream. */
  shards: number;
  /** Systems that ask for events. */
  readers: readonly ReaderPlan[];
  /** Whether events are sent to an endpoint as well. */
  endpoint: boolean;
  /** The world is about the feed: rows that a restore set back are not compared with the platforms. */
  directed: boolean;
}

export interface ReaderPlan {
  everyMs: number;
  /** Events that it asks for at once. */
  limit: number;
}

const LIMITS = [1, 3, 10, 100, 1000];

export const drawErp = (random: SeededRandom): ErpPlan => ({
  shards: random.int(1, 3),
  readers: Array.from({ length: random.int(1, 2) }, () => drawReader(random, 2 * MINUTE, 20 * MINUTE)),
  endpoint: random.chance(0.3),
  directed: false,
});

export const drawReader = (random: SeededRandom, least: number, most: number): ReaderPlan => ({
  everyMs: Math.floor(least + (most - least) * random.next()),
  limit: random.pick(LIMITS),
});

const SERVICE_FAULTS: Partial<Record<ServiceFault['kind'], number>> = {
  crash: 0.3,
  hang: 0.1,
  refusal: 0.5,
  repeat: 0.3,
  'lost-answer': 0.3,
  slow: 0.3,
};
const TROUBLES: readonly EndpointTrouble[] = ['down', 'silent', 'suspended', 'refuses', 'loses-answers'];

/** Functions that stand between the orders table and the merchant's own system. */
const WORKERS = ['erp-publish', 'erp-publish', 'erp-deliver', 'erp-sweep', 'erp-reader-0'];

/** A fault of AWS that hits one of the functions of the merchant's own system. */
export function drawServiceFault(random: SeededRandom, length: number, name?: string): ServiceFault {
  const kind = random.pick(Object.keys(SERVICE_FAULTS) as ServiceFault['kind'][]);
  return {
    kind,
    service: 'table',
    name: name ?? random.pick(WORKERS),
    chance: (SERVICE_FAULTS[kind] ?? 0) * (0.2 + 0.8 * random.next()),
    ...span(random, length, MINUTE, kind === 'hang' ? 20 * MINUTE : 60 * MINUTE),
  };
}

export const drawTornQueries = (random: SeededRandom, length: number): FeedFault => ({
  kind: 'torn-queries',
  chance: 0.5 + 0.5 * random.next(),
  mostMs: random.pick([20, 200, 2 * SECOND]),
  ...span(random, length, 30 * MINUTE, 240 * MINUTE),
});

export const drawEndpointTrouble = (random: SeededRandom, length: number): FeedFault => {
  const does = random.pick(TROUBLES);
  return {
    kind: 'endpoint',
    does,
    chance: does === 'refuses' || does === 'loses-answers' ? 0.3 : 1,
    ...span(random, length, MINUTE, 240 * MINUTE),
  };
};

/** A few faults on the way to the merchant's own system, in a world about everything. */
export function drawErpFaults(random: SeededRandom, length: number, erp: ErpPlan): PlannedFault[] {
  const kinds = [
    () => drawServiceFault(random, length),
    () => drawServiceFault(random, length, 'erp-publish'),
    () => drawTornQueries(random, length),
    (): FeedFault => ({
      kind: 'shard-lag',
      shard: random.int(0, erp.shards - 1),
      ...span(random, length, MINUTE, 120 * MINUTE),
    }),
    ...(erp.endpoint
      ? [
          () => drawEndpointTrouble(random, length),
          (): FeedFault => ({
            kind: 'lost-announcements',
            chance: random.chance(0.5) ? 1 : 0.3,
            ...span(random, length, 30 * MINUTE, 240 * MINUTE),
          }),
        ]
      : []),
  ];
  return Array.from({ length: random.int(0, 3) }, () => random.pick(kinds)());
}
