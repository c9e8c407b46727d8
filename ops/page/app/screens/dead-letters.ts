import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { DeadLetterView } from '../../../data/dead-letters.ts';
import { tell } from '../ask.ts';
import { Empty, Read } from '../parts.ts';
import { hashOf } from '../place.ts';
import { useAnswer, useSession } from '../session.ts';

/** Messages that failed five times, by platform; a look into them, and the way back. */
export function DeadLettersScreen(): VNode {
  const { speaker, titles, change } = useSession();
  const { say } = speaker;
  const asked = useAnswer('deadLetters', {}, true);
  const [messages, setMessages] = useState<readonly DeadLetterView[]>();
  const look = async () => setMessages((await tell<{ messages: DeadLetterView[] }>('peek', {})).messages);
  const done = () => {
    setMessages(undefined);
    asked.reload();
  };
  return html`<${Read} asked=${asked} title=${say('deadLetters')}>
    ${({ counts }: NonNullable<typeof asked.answer>['data']) => {
      const some = Object.entries(counts).filter(([, count]) => count > 0);
      if (some.length === 0)
        return html`<${Empty} tone="good" title=${say('deadNone')} why=${say('deadNoneWhy')} />`;
      return html`${some.map(
        ([platform, count]) => html`<section class="card">
            <h2>${titles[platform] ?? platform} <span class="count">${count}</span></h2>
            <p>${say('deadCount', { n: count })}</p>
            <div class="buttons start"><button class="main" onClick=${() => change({ do: 'redrive', platform }, done)}>${say('sendBack')}</button></div>
            ${(messages ?? []).filter((one) => one.platform === platform).map((one) => html`<${Message} message=${one} />`)}
          </section>`,
      )}
        ${messages === undefined && html`<div class="buttons start"><button onClick=${look}>${say('deadLook')}</button><span class="dim">${say('deadLookWhy')}</span></div>`}`;
    }}
  <//>`;
}

function Message({ message }: { message: DeadLetterView }): VNode {
  const { speaker } = useSession();
  const { say, time } = speaker;
  const { kind, receivedAt, tries, standing, correlationId } = message;
  return html`<article class="item">
    <div class="item-head"><strong>${kind}</strong><span class="dim">${tries === undefined ? say('triedNever') : say('tried', { n: tries })}</span></div>
    ${receivedAt !== undefined && html`<p class="dim">${time(new Date(receivedAt).toISOString())}</p>`}
    ${standing.length === 0 && html`<p>${say('noOrderNamed')}</p>`}
    ${standing.map(
      ({ order, row, review }) =>
        html`<p><a href=${hashOf('order', order)} data-row>${order}</a> <span class=${row === 'missing' ? 'problem' : 'dim'}>${review?.problem ?? say(`row_${row}`)}</span></p>`,
    )}
    <p class="dim">${say('correlation')} <code>${correlationId}</code></p>
  </article>`;
}
