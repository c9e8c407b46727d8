import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { EpochMs } from '../time.ts';
import { placeName } from './places.ts';
import type { Thousandths } from './quantity.ts';
import { ASK_AGAIN_MS } from './settling.ts';

const units = lazily(() => z.int().min(0));
const epochMs = lazily(() => z.int());

/** A call that changes the master's number. What it needs to be recognised by is written down before it is made. */
const moveCall = lazily(() =>
  z.object({
    /** What it adds to the number; less than nothing where goods are taken. Units. */
    change: z.int(),
    /** What the line wanted when the call began. */
    wanted: units(),
    /** The master's number before it. */
    before: units(),
    /** When the platform says that the number was last changed before it, where it says so (epoch ms, by its clock). */
    changedAt: epochMs().optional(),
    /** When `before` was asked for, by our clock. */
    at: epochMs(),
  }),
);
export type MoveCall = z.infer<ReturnType<typeof moveCall>>;

/**
 * What one line of an order that was sold elsewhere takes from the master's number. `wanted`: it is to be changed. `running`:
 * somebody is about to change it, or was. `applied`: it is changed. `in-doubt`: nobody can tell, and a person has to say.
 */
export const moveSchema = lazily(() =>
  z.object({
    /** Name of the order: `<platform>:<store>:<id>`. */
    order: z.string(),
    /** Names the line, and the part of it where the line is a kit. */
    line: z.string(),
    /** Where it is taken from. */
    place: placeName,
    /** Of the order, from which the wish is. */
    version: z.int(),
    /** Whole units: one that was begun is gone. */
    wanted: units(),
    /** The wish that was last carried out. */
    settled: units(),
    /** What was really taken for it: less, where there was less. */
    taken: units(),
    state: z.enum(['wanted', 'running', 'applied', 'in-doubt']),
    call: moveCall().optional(),
    /**
     * A look found the number as the last call would leave it: that call, and how the line stood before it. A sale of the
     * platform's own of that time, heard of later, takes it back.
     */
    presumed: z.object({ call: moveCall(), settled: units(), taken: units() }).optional(),
    /** The platform refused the change, and why. */
    refused: z.object({ at: epochMs(), reason: z.string() }).optional(),
  }),
);
export type Move = z.infer<ReturnType<typeof moveSchema>>;

/** What the platform says that there is: units, or null where they are unlimited. */
export interface Counted {
  readonly units: number | null;
  /** When it was last changed, by the platform's clock (epoch ms); absent where it does not say. */
  readonly changedAt?: EpochMs | undefined;
}

/** A call has done its work so long after the number was asked for, or never does it (ms). */
const CALL_ENDS_WITHIN_MS = 60_000;
/** By then the platform's own sales of that time are mostly known: a call whose outcome is not known is looked at (ms). */
const LOOK_AFTER_MS = 120_000;
/** Clocks of platforms differ from ours by no more than this (ms). */
const CLOCKS_APART_MS = 5_000;
/** So long after a call a sale of that time may still be heard of (ms). */
const HEARD_WITHIN_MS = 24 * 3_600_000;
/** Mostly it is heard of within this: a line whose change is only presumed is not changed once more before (ms). */
const MOSTLY_HEARD_WITHIN_MS = 3_600_000;

/** What a line wants now. Undefined where it never wanted anything; the same wish, or an older one, changes nothing. */
export function wished(
  before: Move | undefined,
  next: Pick<Move, 'order' | 'line' | 'place' | 'version' | 'wanted'>,
): Move | undefined {
  if (before === undefined)
    return next.wanted === 0 ? undefined : { ...next, settled: 0, taken: 0, state: 'wanted' };
  const { version, wanted } = next;
  if (version < before.version || wanted === before.wanted) return before;
  const { refused: _, ...move } = { ...before, version, wanted };
  return { ...move, state: stateOf(move) };
}

const stateOf = ({ call, state, wanted, settled }: Omit<Move, 'refused'>): Move['state'] => {
  if (call !== undefined) return state;
  return wanted === settled ? 'applied' : 'wanted';
};

/** What it still takes from the master's number as that is known: nothing once the change was made. */
export const openOf = ({ wanted, settled, call }: Move): Thousandths =>
  1000 * Math.max(0, wanted - settled, (call?.wanted ?? 0) - settled);

/** What is to be added to the master's number. Given back is only what was really taken. */
export function changeOf({ wanted, settled, taken }: Move): number {
  return wanted > settled ? settled - wanted : Math.max(0, taken - wanted);
}

/** The change begins. */
export const begun = ({ presumed: _, ...move }: Move, { units, changedAt }: Counted, at: EpochMs): Move => ({
  ...move,
  state: 'running',
  call: {
    change: changeOf(move),
    wanted: move.wanted,
    before: units ?? 0,
    ...(changedAt === undefined ? {} : { changedAt }),
    at,
  },
});

/**
 * The change was made. Where nothing is left, less may have been taken than was asked for: a platform stops at 0 without a
 * word.
 *
 * @param after the number after it; undefined where it could not be read
 */
export function made(move: Move, after: number | undefined): Move {
  const { call, ...rest } = move;
  if (call === undefined) return move;
  const asked = -call.change;
  const took = after !== undefined && after > 0 ? asked : Math.min(asked, call.before);
  return settledAs(rest, call.wanted, rest.taken + took);
}

/** As {@link made}, where only a look at the number says so. */
export function foundMade(move: Move, after: number | undefined): Move {
  const { call, settled, taken } = move;
  return call === undefined ? move : { ...made(move, after), presumed: { call, settled, taken } };
}

/**
 * An order of the platform's own changed the number between these times (epoch ms), and nobody knew when a look found the call
 * made: what looked like our change may have been that. The call is looked at again.
 */
export function doubted(move: Move, from: EpochMs, to: EpochMs): Move {
  const { presumed, ...rest } = move;
  if (presumed === undefined) return move;
  const [begins, ends] = timeOf(presumed.call);
  return to < begins || from > ends ? move : { ...rest, ...presumed, state: 'running' };
}

/** Without what nobody will hear anything against any more. */
export function trusted(move: Move, now: EpochMs): Move {
  const { presumed: _, ...rest } = move;
  const until = presumedUntil(move);
  return until === undefined || now < until ? move : rest;
}

/** Until when a change is only presumed to have been made (epoch ms); undefined where it is known, or is not made. */
export const presumedUntil = ({ presumed }: Move): EpochMs | undefined =>
  presumed === undefined ? undefined : presumed.call.at + HEARD_WITHIN_MS;

/** Whether nothing more comes of it unless its order changes. */
export const isDone = ({ state, presumed }: Move): boolean => state === 'applied' && presumed === undefined;

/** When a call may have changed the number, by the platform's clock (epoch ms). */
const timeOf = ({ at }: MoveCall) =>
  [at - CLOCKS_APART_MS, at + CALL_ENDS_WITHIN_MS + CLOCKS_APART_MS] as const;

/** There was nothing to change. */
export const needless = (move: Move): Move => settledAs(move, move.wanted, move.taken);

function settledAs(move: Omit<Move, 'call'>, settled: number, taken: number): Move {
  const { refused: _, ...next } = { ...move, settled, taken: Math.max(0, taken) };
  return { ...next, state: stateOf(next) };
}

/** The change was surely not made: it is wanted as before. */
export function notMade({ call: _, ...move }: Move): Move {
  return { ...move, state: stateOf(move) };
}

export const inDoubt = (move: Move): Move => ({ ...move, state: 'in-doubt' });

/**
 * What a look at the master's number says about a call whose outcome is not known. Whatever else changed the number since then
 * would look like our change, or hide it: then nobody can tell.
 *
 * @param ownAt when the platform's own orders last changed the number, as far as we know (epoch ms)
 */
export function verdictOf(
  call: MoveCall,
  counted: Counted,
  ownAt: EpochMs | undefined,
): 'made' | 'not-made' | 'hidden' {
  const { before, change, changedAt } = call;
  const isSame = counted.units === before;
  if (isSame && counted.changedAt === changedAt && changedAt !== undefined) return 'not-made';
  const [from, to] = timeOf(call);
  if ((ownAt ?? 0) >= from || (counted.changedAt ?? 0) > to) return 'hidden';
  if (isSame) return changedAt === undefined ? 'not-made' : 'hidden';
  return counted.units === Math.max(0, before + change) ? 'made' : 'hidden';
}

/**
 * Which of a number's moves is next, and when. One whose outcome is not known keeps the others waiting: their changes would
 * look like it. Undefined where nothing is to be done, or only by a person.
 *
 * @param since when it came to be so (epoch ms)
 */
export function nextOf(
  moves: readonly Move[],
  since: EpochMs,
): { readonly move: Move; readonly dueAt: EpochMs } | undefined {
  const running = moves.find(({ state }) => state === 'running');
  const [next] = (running === undefined ? moves : [running])
    .flatMap((move) => {
      const dueAt = dueOf(move, since);
      return dueAt === undefined ? [] : [{ move, dueAt }];
    })
    .sort((one, other) => one.dueAt - other.dueAt);
  return next;
}

function dueOf({ state, call, refused, presumed }: Move, since: EpochMs): EpochMs | undefined {
  if (state === 'running') return call === undefined ? since : call.at + LOOK_AFTER_MS;
  if (state !== 'wanted') return undefined;
  const heardAt = presumed === undefined ? since : presumed.call.at + MOSTLY_HEARD_WITHIN_MS;
  return Math.max(heardAt, refused === undefined ? since : refused.at + ASK_AGAIN_MS);
}
