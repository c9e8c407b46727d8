import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { type StockCard, stockCards } from '../../view/stock.ts';
import { Code, Empty, Read } from '../parts.ts';
import { useAnswer, useSession } from '../session.ts';

/** The SKUs that wait for a person, why, and what tells a channel again. */
export function StockScreen(): VNode {
  const { speaker, titles, state } = useSession();
  const { say } = speaker;
  const { merchant } = state;
  const asked = useAnswer('stock', {}, true);
  return html`<${Read} asked=${asked} title=${say('stock')}>
    ${({ counted, reasons, complete }: NonNullable<typeof asked.answer>['data']) => {
      if (!counted) return html`<${Empty} title=${say('stockUncounted')} why=${say('stockUncountedWhy')} />`;
      if (reasons.length === 0)
        return html`<${Empty} tone="good" title=${say('stockNone')} why=${say('stockNoneWhy')} />`;
      return html`<section class="card"><div class="stack">
          ${stockCards(reasons, speaker, { titles, merchant }).map((card) => html`<${Card} key=${`${card.sku} ${card.where}`} card=${card} reload=${asked.reload} />`)}
        </div></section>
        ${!complete && html`<p class="dim">${say('stockMore')}</p><${Code} text=${`npx acopio --merchant ${merchant} stock attention`} />`}`;
    }}
  <//>`;
}

function Card({ card, reload }: { card: StockCard; reload: () => void }): VNode {
  const { speaker, change } = useSession();
  const { sku, where, text, offersTelling, command } = card;
  return html`<article class="item">
    <div class="item-head"><strong>${sku}</strong><span class="dim">${where}</span></div>
    <p class="problem">${text}</p>
    ${command !== undefined && html`<${Code} text=${command} />`}
    ${offersTelling && html`<div class="buttons start"><button class="main" onClick=${() => change({ do: 'tell-again', sku }, reload)}>${speaker.say('tellAgain')}</button></div>`}
  </article>`;
}
