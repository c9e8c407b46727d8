import type { Command } from '../../functions/storage/command-item.ts';
import type { OrderEffect } from '../../local/platforms/simulator.ts';
import type { CommandEffects } from './command-effects.ts';
import type { Report } from './violation.ts';

export interface EndedCommand {
  pk: string;
  command: Command;
  effects: CommandEffects;
  /** A person said how it ended. */
  decided: boolean;
  /** Numbers of others of its order that want the very same. */
  alike: readonly number[];
}

/** What a buyer, the stock or the bill would notice twice, whatever anybody does to the order in between. */
const HARMS: ReadonlySet<OrderEffect['kind']> = new Set(['mail', 'stock', 'invoice']);
/** Clocks of instances differ by this much at most (ms). */
const SKEW_MS = 1000;

/** Holds how a command ended against what came about at its platform. */
export function checkEffects({ pk, command, effects, decided, alike }: EndedCommand, report: Report): void {
  const { n, state, already, acceptedAt, stepsSeen } = command;
  const found = effects.of(pk, n);
  const touched = effects.touched(pk, acceptedAt - SKEW_MS);
  const name = `command ${n} (${command.command}) of ${pk}`;
  for (const effect of repeated(found))
    if (HARMS.has(effect.kind) || !touched)
      report('effect-twice', `${effect.kind} of ${name} came about twice`);
  for (const effect of repeated(
    effects.ofOrder(pk).filter(({ kind, what }) => kind === 'invoice' && what.startsWith('+')),
  ))
    report('effect-twice', `${effect.kind} came about twice for ${pk}`);
  if (decided || touched) return;
  // Of two that want the same and of whose calls nobody heard the end, no look at the platform tells whose it is that is there.
  const isOther = alike.some((other) => effects.of(pk, other).length > 0);
  const isUnheard = effects.callsOf(pk, n).some(({ heard }) => !heard);
  if (state === 'done' && already === undefined && found.length === 0 && !(isOther && isUnheard))
    report('effect-missing', `${name} is done and had no effect`);
  if (already === true && found.length > 0)
    report('effect-missing', `${name} was there already, it says, and its call had an effect`);
  if (['refused', 'failed', 'expired'].includes(state) && found.length > 0 && stepsSeen.length === 0)
    report('effect-missing', `${name} is ${state} and had an effect`);
}

/** Effects that came about more than once; what one call does to several lines alike is once. */
function repeated(effects: readonly OrderEffect[]): OrderEffect[] {
  const first = new Map<string, number>();
  return effects.filter(({ kind, what, at }) => {
    const name = `${kind} ${what}`;
    const before = first.get(name) ?? at;
    first.set(name, before);
    return before !== at;
  });
}
