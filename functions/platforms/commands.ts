import type { CommandName, CommandProblem } from '../domain/command.ts';
import type { CommandInput } from '../domain/command-inputs.ts';
import type { OrderRow } from '../domain/order-row.ts';
import type { EpochMs } from '../domain/time.ts';

/** The order that a command is for, as the table has it. */
export interface CommandTarget {
  readonly orderId: string;
  /** What we know of the order: good for refusals and for ids, never for the state that a body carries. */
  readonly row: OrderRow;
  /** When the command was accepted: "now" of every try of it, so that a second try says the same as the first. */
  readonly givenAt: EpochMs;
}

/**
 * What the platform shows of a command's effect now.
 *
 * - `there`: the effect is there, whoever brought it about. `unconfirmed` names what cannot be seen of it, such as
 *   whether stock was given back; the answer to a call of our own confirms it all the same.
 * - `absent`: it is not there, or not all of it, and can be brought about. `step` names the one call that is missing next
 *   (several parcels are several steps, and a parcel may have to be dispatched before it is tracked); `fresh` is what
 *   `run` needs of what was just read. Once a look names another step, the call of the one before was seen. `more` says
 *   that other calls follow the one that is named; `harmless`, that this one harms nobody when it is made twice, although
 *   another one of the command may.
 * - `refused`: it is not there, and the platform's rules do not let it come about any more. Says why and what to do.
 * - `partly`: of what comes in parts, all that the platform takes is there, and calls of ours were refused for the others.
 */
export type Look<Fresh> =
  | { readonly state: 'there'; readonly unconfirmed?: readonly string[] }
  | {
      readonly state: 'absent';
      readonly step: string;
      readonly fresh: Fresh;
      readonly more?: boolean;
      readonly harmless?: true;
    }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'partly'; readonly reason: string; readonly problems: readonly CommandProblem[] };

/**
 * One command as a platform carries it out.
 *
 * Members are methods on purpose, as everywhere in the port.
 */
export interface PlatformCommand<Api = unknown, Name extends CommandName = CommandName, Fresh = unknown> {
  /** The platform's call, for the documentation: method and path. */
  readonly call: string;
  /** Why the effect never comes about twice, for the documentation; one clause. */
  readonly once: string;
  /** When the platform is known to refuse it, for the documentation; a clause each. */
  readonly refusedWhen: readonly string[];
  /** The platform takes the command only this long after it was given, in hours; seven days when absent. */
  readonly expiresAfterHours?: number;
  /** Fields of the input that the platform has no place for: taken, not passed on, and named once the command is done. */
  readonly ignores?: readonly string[];
  /** Whether the same call made twice harms anybody: then nobody repeats it while it is unknown whether it had its effect. */
  twice(input: CommandInput<Name>): 'harmless' | 'harmful';
  /**
   * Why the platform is known to refuse, before anybody calls it: of the input, of the store's settings, of the row.
   * Says what to do instead. Undefined when it may be tried.
   */
  refusal?(target: CommandTarget, input: CommandInput<Name>): string | undefined;
  /** Reads the platform. @throws PlatformError */
  look(api: Api, target: CommandTarget, input: CommandInput<Name>): Promise<Look<Fresh>>;
  /** Makes the call of the step that the look named; nothing is repeated or looked up here. @throws PlatformError */
  run(api: Api, target: CommandTarget, input: CommandInput<Name>, fresh: Fresh): Promise<void>;
}

/** A command that the platform has no call for: why, and what to do instead. */
export interface NoCommand {
  readonly refused: string;
}

/** What a platform does of each command, or why it cannot. Made for one store, whose settings may decide. */
export type CommandTable<Api = unknown> = {
  readonly [Name in CommandName]: PlatformCommand<Api, Name> | NoCommand;
};

/** Whether a platform carries out any command at all for one of the stores. */
export const hasCommands = <S>({
  platform,
  stores,
}: {
  platform: { commands(store: S): CommandTable };
  stores: readonly S[];
}): boolean =>
  stores.some((store) => Object.values(platform.commands(store)).some((entry) => !('refused' in entry)));
