import type { EpochMs } from './clock.ts';
import type { Limits } from './limits.ts';
import type { SlotRequest } from './slots.ts';
import type { BucketRow, Guard, Step } from './store.ts';

/** Who of the bulk requests of one write gets a slot, where the platform queues. */
export interface Pacer {
  /** Whether a request is of the kind that is paced. */
  paces(request: SlotRequest): boolean;
  /** How far ahead a request's slot may be (ms); undefined when it gets none with this write. */
  take(request: SlotRequest, granted: number): number | undefined;
  /** It goes with those that get slots now, or with the cohort that got some before. */
  isUnderWay(request: SlotRequest): boolean;
  /** When a request that got none comes back, and the place that it has in the line. */
  comeBack(request: SlotRequest, tat: EpochMs): { at: EpochMs; place?: EpochMs; hold?: boolean };
  /** When the cohort that is paced will have been called for. */
  endOf(granted: number): EpochMs;
  steps(granted: number): Step[];
  guards(): Guard[];
}

/**
 * Undefined where nothing is paced. One cohort at a time is under way: it takes the slots of about a second, goes on in the
 * queue, and is back for the next ones. The others wait for its end.
 *
 * @param start from when on slots are free
 */
export function createPacer(
  requests: readonly SlotRequest[],
  row: BucketRow,
  { paced, intervalMs }: Limits,
  start: EpochMs,
  now: EpochMs,
): Pacer | undefined {
  if (paced === undefined) return undefined;
  const paces = ({ priority, patienceMs }: SlotRequest) => priority === 'bulk' && patienceMs !== undefined;
  const wanted = requests.filter(paces);
  // A table keeps thousandths, a message all there is.
  const isPaced = ({ place }: SlotRequest) =>
    place !== undefined && row.pacedPlace !== undefined && Math.abs(place - row.pacedPlace) < 1;
  // Nobody paces for longer: what lies beyond was written by a wrong clock, or by one who died.
  const longest = now + 2 * paced.cohort * intervalMs;
  const until = row.pacedUntil ?? now;
  const freeAt = until > longest ? now : Math.max(until, now);
  // Who is here for the first time joins the line while another cohort is paced: in its function it would wait in urgent calls' way.
  const isFreeFor = ({ place }: SlotRequest) => freeAt <= now + (place === undefined ? 0 : paced.withinMs);
  let leading: SlotRequest | undefined;
  let taken = 0;
  let cohort = new Set<SlotRequest>();
  const isOfCohort = (request: SlotRequest) => cohort.has(request);
  const isUnderWay = (request: SlotRequest) => isOfCohort(request) || isPaced(request);
  const placeOf = (request: SlotRequest) => (isOfCohort(request) ? (leading?.place ?? now) : request.place);
  const endOf = (granted: number) => {
    if (leading === undefined) return freeAt;
    const left = [...cohort].reduce((sum, { calls }) => sum + calls, 0) - taken;
    return Math.max(start, now) + (granted + left) * intervalMs;
  };
  return {
    paces,
    endOf,
    isUnderWay,
    take(request, granted) {
      if (leading === undefined ? !isFreeFor(request) && !isPaced(request) : !isOfCohort(request))
        return undefined;
      // Who has no place in the line goes behind those who have one.
      if (request.place === undefined && (row.bulkQueue ?? 0) > now) return undefined;
      if (start + granted * intervalMs > now + paced.withinMs) return undefined;
      if (leading === undefined) {
        leading = request;
        cohort = new Set(wanted.filter(({ place }) => place === request.place).slice(0, paced.cohort));
      }
      taken += request.calls;
      return paced.withinMs;
    },
    comeBack(request, tat) {
      const place = placeOf(request);
      if (isUnderWay(request)) return { at: tat, hold: true, ...(place !== undefined && { place }) };
      const turn = (request.place ?? now) + (row.bulkLag ?? 0);
      return { at: Math.max(freeAt, turn, tat), ...(place !== undefined && { place }) };
    },
    steps(granted) {
      if (leading === undefined) return [];
      const begins = Math.max(start, now);
      const steps: Step[] = [{ field: 'pacedUntil', to: endOf(granted) }];
      if (isPaced(leading)) return steps;
      steps.push({ field: 'pacedPlace', to: leading.place ?? now });
      // What was left behind says nothing of those after it.
      if (leading.place !== undefined && leading.place > (row.bulkPlace ?? 0)) {
        steps.push({ field: 'bulkPlace', to: leading.place });
        steps.push({ field: 'bulkLag', to: Math.max(0, begins - leading.place) });
      }
      return steps;
    },
    guards: () =>
      leading === undefined || isPaced(leading)
        ? []
        : [{ field: 'pacedUntil', absent: true, atMost: Math.max(until, now + paced.withinMs) }],
  };
}
