import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { orderItem } from '../../view/orders.ts';
import { Code, Empty, OrderRows, Read } from '../parts.ts';
import { hashOf } from '../place.ts';
import { useAnswer, useSession } from '../session.ts';

/** Which order? By anything that a person has in hand; without that, what changed last. */
export function FindScreen({ about }: { about: string }): VNode {
  const { speaker } = useSession();
  const { say } = speaker;
  const go = (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get('text') ?? '').trim();
    location.hash = hashOf('find', text);
  };
  return html`<section class="hero">
      <h1>${say('findTitle')}</h1>
      <form role="search" onSubmit=${go}>
        <input id="search" type="search" name="text" value=${about} placeholder=${say('findHint')} aria-label=${say('findHint')}
          autocomplete="off" autocapitalize="off" spellcheck=${false} />
        <button class="main">${say('search')}</button>
      </form>
    </section>
    ${about === '' ? html`<${Recent} />` : html`<${Found} text=${about} />`}`;
}

function Recent(): VNode {
  const { speaker, titles, state } = useSession();
  const { say, word } = speaker;
  const [platform, setPlatform] = useState('');
  const [status, setStatus] = useState('');
  const query = { ...(platform === '' ? {} : { platform }), ...(status === '' ? {} : { status }) };
  const asked = useAnswer('recent', query, true);
  const chosen = (set: (value: string) => void) => (event: Event) =>
    set((event.target as HTMLSelectElement).value);
  const filters = html`<select aria-label=${say('platform')} value=${platform} onChange=${chosen(setPlatform)}>
      <option value="">${say('allPlatforms')}</option>
      ${state.platforms.map(({ name, title }) => html`<option value=${name}>${title}</option>`)}
    </select>
    <select aria-label=${say('status')} value=${status} onChange=${chosen(setStatus)}>
      <option value="">${say('allStatuses')}</option>
      ${state.statuses.map((one) => html`<option value=${one}>${word(one)}</option>`)}
    </select>`;
  return html`<div class="second"><${Read} asked=${asked} title=${say('recent')} actions=${filters}>
    ${({ orders }: NonNullable<typeof asked.answer>['data']) =>
      orders.length === 0
        ? html`<${Empty} title=${say('noOrders')} why=${say('noOrdersWhy')} />`
        : html`<${OrderRows} label=${say('recent')} items=${orders.map((row) => orderItem(row, speaker, { titles, now: Date.now() }))} />`}
  <//></div>`;
}

function Found({ text }: { text: string }): VNode {
  const { speaker, titles, state } = useSession();
  const { say } = speaker;
  const asked = useAnswer('find', { text });
  return html`<div class="second"><${Read} asked=${asked} title=${say('results')}>
    ${({ matches, searched }: NonNullable<typeof asked.answer>['data']) => {
      if (matches.length > 0)
        return html`<${OrderRows} label=${say('results')} items=${matches.map((hit) => orderItem(hit, speaker, { titles, now: Date.now() }))} />`;
      return html`<${Empty} title=${say('nothingFound', { text })}
        why=${searched && say('nothingFoundWhy', { n: searched.rows, when: speaker.time(searched.since) })}>
        ${searched?.complete === false && html`<p>${say('notAll')}</p><${Code} text=${`npx acopio --merchant ${state.merchant} find ${text} --days 30`} />`}
        <p>${say('askPlatform')}</p>
        ${state.platforms.map(({ name }) => html`<${Code} text=${`npx acopio --merchant ${state.merchant} replay ${name}:${text} --source fresh`} />`)}
      <//>`;
    }}
  <//></div>`;
}
