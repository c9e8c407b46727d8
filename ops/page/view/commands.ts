import type { CommandView } from '../../data/commands.ts';
import type { Speaker } from '../texts/speaker.ts';
import type { Pill, Tone } from './orders.ts';

const TONES: Readonly<Record<string, Tone>> = {
  accepted: 'going',
  running: 'going',
  done: 'good',
  in_doubt: 'bad',
  failed: 'bad',
  expired: 'bad',
};

export const commandPill = (state: string, { word }: Speaker): Pill => ({
  text: word(state),
  tone: TONES[state] ?? 'calm',
});

export interface CommandGroup {
  title: 'group_in_doubt' | 'group_failed' | 'group_running';
  commands: CommandView[];
}

/** In the order in which a person looks at them. Groups without a command are left out. */
export function commandGroups(commands: readonly CommandView[]): CommandGroup[] {
  const under = (states: readonly string[]) => commands.filter(({ state }) => states.includes(state));
  const groups: CommandGroup[] = [
    { title: 'group_in_doubt', commands: under(['in_doubt']) },
    { title: 'group_failed', commands: under(['failed', 'expired', 'refused']) },
    { title: 'group_running', commands: under(['accepted', 'running']) },
  ];
  return groups.filter((group) => group.commands.length > 0);
}
