import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { commandGroups } from '../../view/commands.ts';
import { Empty, Read } from '../parts.ts';
import { useAnswer, useSession } from '../session.ts';
import { CommandCard } from './command-card.ts';

/** What is to be done to orders: in doubt first, then what failed, then what is under way. */
export function CommandsScreen(): VNode {
  const { speaker } = useSession();
  const { say } = speaker;
  const asked = useAnswer('commands', {}, true);
  return html`<${Read} asked=${asked} title=${say('commands')}>
    ${({ commands }: NonNullable<typeof asked.answer>['data']) => {
      const groups = commandGroups(commands);
      if (groups.length === 0)
        return html`<${Empty} tone="good" title=${say('noCommandsNow')} why=${say('noCommandsNowWhy')} />`;
      return groups.map(
        ({ title, commands: own }) => html`<section class="card">
          <h2>${say(title)} <span class="dim">${own.length}</span></h2>
          ${title === 'group_in_doubt' && html`<p>${say('doubtWhy')}</p>`}
          <div class="stack">${own.map((command) => html`<${CommandCard} key=${`${command.client}/${command.id}`} command=${command} reload=${asked.reload} linked />`)}</div>
        </section>`,
      );
    }}
  <//>`;
}
