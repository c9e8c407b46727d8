import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { CommandView } from '../../../data/commands.ts';
import { commandPill } from '../../view/commands.ts';
import { idOf, platformOf } from '../../view/orders.ts';
import { PillOf } from '../parts.ts';
import { hashOf } from '../place.ts';
import { useSession } from '../session.ts';

/** A command with its tries, and what a person can decide about it. */
export function CommandCard({
  command,
  reload,
  linked = false,
}: {
  command: CommandView;
  reload: () => void;
  linked?: boolean;
}): VNode {
  const { speaker, titles, change } = useSession();
  const { say, ago, time } = speaker;
  const { client, id, order, openTo, reason, tries, state, givenAt, expiresAt } = command;
  const decide = (decision: 'done' | 'failed' | 'again') => () =>
    change({ do: 'command', client, id, decision }, reload);
  const now = Date.now();
  return html`<article class="item">
    <div class="item-head">
      <strong>${command.command}</strong>
      <${PillOf} pill=${commandPill(state, speaker)} />
      ${linked && html`<a href=${hashOf('order', order)} data-row>${titles[platformOf(order)] ?? platformOf(order)} ${idOf(order)}</a>`}
    </div>
    <p class="dim"><span title=${time(givenAt)}>${say('givenBy', { client, when: ago(givenAt, now) })}</span> · <code>${id}</code> · ${say('tries', { n: tries })}${state === 'accepted' || state === 'running' ? ` · ${say('expires', { when: time(expiresAt) })}` : ''}</p>
    ${reason !== undefined && html`<p>${reason}</p>`}
    ${
      (openTo.verdict || openTo.retry) &&
      html`<div class="buttons start">
      ${openTo.verdict && html`<button onClick=${decide('done')}>${say('itHappened')}</button>`}
      ${openTo.retry && html`<button onClick=${decide('again')}>${say('doAgain')}</button>`}
      ${openTo.verdict && html`<button class="quiet" onClick=${decide('failed')}>${say('itDidNot')}</button>`}
    </div>`
    }
  </article>`;
}
