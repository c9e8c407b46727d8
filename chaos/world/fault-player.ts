import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { Fate, Request } from '../aws/io.ts';
import type { FaultKind, PlannedFault, ServiceFault } from '../plan/fault-kinds.ts';
import type { Loop } from '../time/loop.ts';
import { isDispatcher, isOfErp } from './function-names.ts';

/** Decides what becomes of each request while the planned faults last. */
export interface FaultPlayer {
  fateOf(request: Request): Fate;
  /** The fault of a kind that is under way, if one is and `wanted` takes it. */
  now<K extends FaultKind>(
    kind: K,
    wanted?: (fault: Extract<PlannedFault, { kind: K }>) => boolean,
  ): Extract<PlannedFault, { kind: K }> | undefined;
}

/**
 * The last receive of a message is left alone. A queue gives a message up after so many receives whatever they failed of,
 * so without this bound, bad luck alone would fill the dead letters. A deadly fault has no such bound: an operator comes after it.
 */
const LAST_RECEIVE = 5;
const SERVICE_KINDS: ReadonlySet<string> = new Set<ServiceFault['kind']>([
  'crash',
  'hang',
  'refusal',
  'repeat',
  'lost-answer',
  'slow',
  'late-answer',
]);
const isServiceFault = (fault: PlannedFault): fault is ServiceFault => SERVICE_KINDS.has(fault.kind);

export function createFaultPlayer(options: {
  faults: readonly PlannedFault[];
  start: number;
  loop: Loop;
  random: SeededRandom;
}): FaultPlayer {
  const { faults, start, loop, random } = options;
  const chances = new Map(faults.map((fault, index) => [fault, random.fork(`fault-${index}`)]));
  // Their own, so that what the merchant's own system does moves no fault of the others.
  const ofErp = new Map(faults.map((fault, index) => [fault, random.fork(`erp-fault-${index}`)]));
  const ofCommands = new Map(faults.map((fault, index) => [fault, random.fork(`command-fault-${index}`)]));
  const chancesOf = (name: string) => (isOfErp(name) ? ofErp : isDispatcher(name) ? ofCommands : chances);
  const lasts = (fault: PlannedFault) => {
    const time = loop.now() - start;
    return 'from' in fault && fault.from <= time && time < fault.to;
  };
  const services = faults.filter(isServiceFault);
  return {
    fateOf({ service, invocation }) {
      let fate: Fate = {};
      for (const fault of services) {
        if (!lasts(fault) || fault.service !== service) continue;
        if (fault.name !== undefined && fault.name !== invocation.name) continue;
        if (invocation.receives >= LAST_RECEIVE - 1 && fault.deadly !== true) continue;
        const chance = chancesOf(invocation.name).get(fault);
        if (chance?.chance(fault.chance) === true) fate = { ...fate, ...fateBy(fault, chance) };
      }
      return fate;
    },
    now: (kind, wanted = () => true) =>
      faults.find(
        (fault): fault is Extract<PlannedFault, { kind: typeof kind }> =>
          fault.kind === kind &&
          lasts(fault) &&
          wanted(fault as Extract<PlannedFault, { kind: typeof kind }>),
      ),
  };
}

function fateBy(fault: ServiceFault, random: SeededRandom): Fate {
  switch (fault.kind) {
    case 'crash':
      return { crash: random.chance(0.5) ? 'before' : 'after' };
    case 'hang':
      return { hangs: random.chance(0.5) ? 'before' : 'after' };
    case 'refusal':
      return { refusal: failure('ThrottlingException', `the ${fault.service} refuses`) };
    case 'repeat':
      return { repeated: true };
    case 'lost-answer':
      return { lost: failure('TimeoutError', `the ${fault.service} did not answer`) };
    case 'slow':
      return { slowerMs: 400 * random.next() };
    case 'late-answer':
      return { lateMs: 8000 * random.next() };
  }
}

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });
