import { contentHash } from '../../domain/canonical-json.ts';
import { STATUS_COMMANDS } from '../../domain/command.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Look } from '../../platforms/commands.ts';
import type { Command } from '../../storage/command-item.ts';
import { ended, endedBlind, endedUnseen, expired, type refusal, UNKNOWN, waiting } from './endings.ts';

/** A call may stand this long in a platform's own queue before it is carried out, in ms. */
const HELD_MS = 20_000;

/**
 * When a command whose effect is not seen yet is looked at, in ms after its call was over at the latest: at once, a moment
 * later, and for the last time a minute after the call can still have been waiting.
 */
const LOOKS_MS = [0, 10_000, HELD_MS + 60_000] as const;
const LAST_LOOK_MS = LOOKS_MS[2];

const MINUTE_MS = 60_000;
/**
 * How long a call is not made again after its last look, in ms, by how many of them had no effect. A platform may lose writes
 * for hours and answer each look meanwhile: all tries at once, or within one of these hours, would be used up by then.
 */
const PAUSES_MS = [0, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS] as const;
const LONGEST_PAUSE_MS = PAUSES_MS[3];

/** Calls that had no effect, after which somebody has to find out why: the last one is made more than eight hours after the first. */
const MAX_TRIES = 12;

/** What an order's commands come to next: the one to go on with, or when there will be one. */
export type Next = { readonly command: Command } | { readonly dueAt: EpochMs | undefined };

/**
 * The command to go on with. Commands run in the order in which they came, one at a time. One that waits for a person lets
 * those pass that move the order nowhere.
 *
 * @param commands the order's unfinished ones, the first one first
 */
export function nextOf(commands: readonly Command[], now: EpochMs): Next {
  const unbegun = commands.filter(({ state, calledAt }) => state !== 'in_doubt' && calledAt === undefined);
  // Whatever they wait behind, somebody is told in time that nobody carries them out.
  const over = unbegun.find(({ giveUpAt }) => giveUpAt <= now);
  if (over !== undefined) return { command: over };
  let blocked = false;
  for (const command of commands) {
    const moves = STATUS_COMMANDS.has(command.command);
    if (command.state === 'in_doubt') {
      blocked ||= moves;
      continue;
    }
    if (blocked && moves && now < command.giveUpAt) continue;
    if (command.dueAt !== undefined && command.dueAt > now)
      return { dueAt: Math.min(command.dueAt, ...unbegun.map(({ giveUpAt }) => giveUpAt)) };
    return { command };
  }
  const held = commands.filter(({ state }) => state !== 'in_doubt').map(({ giveUpAt }) => giveUpAt);
  return { dueAt: held.length === 0 ? undefined : Math.min(...held) };
}

/** How a platform carries the command out, as far as its way depends on it. */
export interface Traits {
  /** Whether the same call made twice harms anybody. */
  readonly twice: 'harmless' | 'harmful';
  /** Fields that were given, and that the platform has no place for. */
  readonly ignored: readonly string[];
}

/** A call that may be made now, for the step with this name. */
export interface Call<Fresh> {
  readonly call: Fresh;
  readonly step: string;
  /** Other calls follow it. */
  readonly more?: boolean;
}

const callOf = <Fresh>({ fresh, step, more }: Extract<Look<Fresh>, { state: 'absent' }>): Call<Fresh> => ({
  call: fresh,
  step,
  ...(more === true ? { more } : {}),
});

/** What is kept of a step's name, which is only ever compared. */
const nameOf = (step: string): string => contentHash(step).slice(0, 16);

/** Calls with an effect that twice would harm, after which a person looks; no order has so many parcels. */
const MAX_HARMFUL_CALLS = 50;

/** Looks in a row that do not show any more what was seen before, after which a person looks. */
const MAX_BACKWARD_LOOKS = 8;

/** What a look says of a command: what is written now, or that its call may be made. */
export function afterLook<Fresh>(
  command: Command,
  traits: Traits,
  look: Look<Fresh>,
  now: EpochMs,
): { readonly written: Command } | Call<Fresh> {
  const fine = { ...command, failures: 0 };
  if (look.state === 'partly') {
    return { written: ended(fine, 'refused', now, problemsThatFit(look)) };
  }
  if (look.state === 'there') return { written: done(fine, traits, look.unconfirmed ?? [], now) };
  if (command.calledAt === undefined) {
    if (look.state === 'refused') return { written: ended(fine, 'refused', now, { reason: look.reason }) };
    if (now >= command.giveUpAt) return { written: expired(fine, now) };
    if (isBackward(command, look)) return { written: backward(command, now) };
    return callOf(look);
  }
  // A copy of the platform's data that lags behind names a step that was seen before.
  const goesOn = look.state === 'absent' && nameOf(look.step) !== command.step && !isBackward(command, look);
  if (goesOn && traits.twice === 'harmful' && command.stepsSeen.length >= MAX_HARMFUL_CALLS)
    return { written: ended(fine, 'in_doubt', now, { reason: ENDLESS }) };
  // The call was answered and seen: another one is still missing.
  if (command.answered && goesOn) return further(fine, look, now);
  const later = nextLookAt(command, now);
  if (later !== undefined) return { written: { ...fine, updatedAt: now, dueAt: later } };
  if (command.answered) return { written: endedUnseen(fine, now, ignoredOf(traits)) };
  // The call whose outcome was unknown was seen, and nothing of it can still come.
  if (goesOn) return further(fine, look, now);
  return unseen(fine, traits, look, now);
}

/** The call behind one that was seen; once the time is over nobody makes it, and how far the command came is said. */
function further<Fresh>(
  command: Command,
  look: Extract<Look<Fresh>, { state: 'absent' }>,
  now: EpochMs,
): { readonly written: Command } | Call<Fresh> {
  if (now < command.giveUpAt) return callOf(look);
  const { step, stepsSeen } = command;
  return {
    written: expired({ ...command, stepsSeen: step === undefined ? stepsSeen : [...stepsSeen, step] }, now),
  };
}

/** The item of a command holds no more, and nobody reads more before sending it again. */
const MOST_PROBLEMS = 200;

function problemsThatFit({ reason, problems }: Extract<Look<unknown>, { state: 'partly' }>) {
  if (problems.length <= MOST_PROBLEMS) return { reason, problems: [...problems] };
  const some = `"problems" holds the first ${MOST_PROBLEMS} of ${problems.length}.`;
  return { reason: `${reason} ${some}`, problems: problems.slice(0, MOST_PROBLEMS) };
}

const ENDLESS =
  "After each call of the command the platform shows that another one is missing, so it does not keep what is sent as it is sent. Look at the order in the platform's panel for what stands there too often.";

/** Whether a look shows what was missing before a step that was seen. */
const isBackward = (command: Command, look: Look<unknown>): boolean =>
  look.state === 'absent' && command.stepsSeen.includes(nameOf(look.step));

/** The platform's data lags behind and will show it again; or somebody took it back, and nobody does it over. */
function backward(command: Command, now: EpochMs): Command {
  const failures = command.failures + 1;
  return failures >= MAX_BACKWARD_LOOKS
    ? ended(command, 'in_doubt', now, { reason: UNDONE })
    : waiting({ ...command, failures }, now, LOOKS_MS[1]);
}

const UNDONE =
  "A call of the command had its effect, and the platform does not show it any more. Look at the order in the platform's panel, then say what it shows.";

/** What comes of a command whose call had an unknown outcome, once the last look did not show its effect. */
function unseen<Fresh>(
  command: Command,
  { twice }: Traits,
  look: Exclude<Look<Fresh>, { state: 'there' | 'partly' }>,
  now: EpochMs,
): { readonly written: Command } | Call<Fresh> {
  const mayHarm = twice === 'harmful' && !(look.state === 'absent' && look.harmless === true);
  if (mayHarm || isBackward(command, look))
    return { written: ended(command, 'in_doubt', now, { reason: UNKNOWN }) };
  if (look.state === 'refused') return { written: ended(command, 'refused', now, { reason: look.reason }) };
  // A later call was refused, and no earlier one had the effect.
  if (command.reason !== undefined) return { written: ended(command, 'refused', now) };
  if (command.tries >= MAX_TRIES) return { written: ended(command, 'failed', now, { reason: NO_EFFECT }) };
  if (now >= command.giveUpAt) return { written: expired(command, now) };
  const againAt = callAgainAt(command);
  return now < againAt ? { written: waiting(command, now, againAt - now) } : callOf(look);
}

/** When a call that had no effect may be made once more. */
const callAgainAt = ({ tries, callEndedAt = 0 }: Command): EpochMs =>
  callEndedAt + LAST_LOOK_MS + (PAUSES_MS[tries - 1] ?? LONGEST_PAUSE_MS);

const NO_EFFECT = `The call was made ${MAX_TRIES} times and had no effect that the platform shows.`;

function done(command: Command, traits: Traits, unseenOf: readonly string[], now: EpochMs): Command {
  const { reason: _, platformSays: __, ...rest } = command;
  const ours = command.stepsSeen.length > 0 || command.calledAt !== undefined;
  // What cannot be seen was confirmed by the answer to our own call.
  const unconfirmed = command.answered ? [] : [...unseenOf];
  return ended(rest, 'done', now, {
    ...(ours ? {} : { already: true as const }),
    ...(unconfirmed.length === 0 ? {} : { unconfirmed }),
    ...ignoredOf(traits),
    seen: true,
  });
}

const ignoredOf = ({ ignored }: Traits) => (ignored.length === 0 ? {} : { ignored: [...ignored] });

/** When a command whose effect is not seen is looked at next; undefined after the last look. */
export function nextLookAt({ callEndedAt }: Command, now: EpochMs): EpochMs | undefined {
  if (callEndedAt === undefined) return undefined;
  return LOOKS_MS.map((ms) => callEndedAt + ms).find((at) => at > now);
}

/** A command whose call begins now. It is written before the call, so that whoever finds it knows that there may have been one. */
export function calling(
  command: Command,
  { step, more }: Omit<Call<unknown>, 'call'>,
  now: EpochMs,
): Command {
  const { dueAt, answered: _, callEndedAt, more: before, reason, platformSays, ...rest } = command;
  const name = nameOf(step);
  const again = command.calledAt !== undefined && command.step === name;
  const seen = command.calledAt === undefined || again || command.step === undefined ? [] : [command.step];
  return {
    ...rest,
    state: 'running',
    step: name,
    ...(more === true ? { more } : {}),
    calledAt: now,
    tries: again ? command.tries + 1 : 1,
    stepsSeen: [...command.stepsSeen, ...seen],
    updatedAt: now,
  };
}

/** Whether a call was begun and nobody knows how it went: whoever made it was cut off. */
export const isAbandoned = ({ calledAt, callEndedAt }: Command): boolean =>
  calledAt !== undefined && callEndedAt === undefined;

/**
 * A command that another run left behind in its call. That run held the lease, which outlasts it: so its call is over by
 * now at the latest, and is looked for from now on.
 */
export const takenOver = (command: Command, now: EpochMs): Command => ({ ...command, callEndedAt: now });

/** A command whose call the platform answered with a success. Its effect is still to be seen. */
export const answered = (command: Command, now: EpochMs): Command => ({
  ...command,
  answered: true,
  failures: 0,
  callEndedAt: now,
  updatedAt: now,
});

/** A command whose call came back without a word on whether it had its effect: it is looked for at once. */
export const outcomeUnknown = (command: Command, now: EpochMs): Command =>
  waiting({ ...command, callEndedAt: now }, now, 0);

/** A command whose call was not let in: as if it had not been made. Earlier ones were looked for to the end. */
export function notMade(command: Command, now: EpochMs): Command {
  if (command.tries > 1) {
    const callEndedAt = now - LAST_LOOK_MS - LONGEST_PAUSE_MS;
    return { ...command, tries: command.tries - 1, callEndedAt, state: 'running' };
  }
  const { calledAt: _, callEndedAt: __, step: ___, ...rest } = command;
  return { ...rest, tries: 0, state: 'accepted' };
}

/** A command whose call the platform understood and refused. Where an earlier call may have had the effect, one look says. */
export function callRefused(command: Command, why: ReturnType<typeof refusal>, now: EpochMs): Command {
  if (command.tries <= 1) return ended(command, 'refused', now, why);
  return waiting({ ...command, ...why, callEndedAt: now - LAST_LOOK_MS }, now, 0);
}

/** A command of which the platform knows nothing, or will not tell. */
export function lookRefused(command: Command, why: ReturnType<typeof refusal>, now: EpochMs): Command {
  if (command.calledAt === undefined) return ended(command, 'refused', now, why);
  const later = nextLookAt(command, now);
  return later === undefined ? endedBlind(command, now) : waiting(command, now, later - now);
}
