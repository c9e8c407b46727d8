import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WholeOrder } from '../../../data/order.ts';
import { factsOf, stepViews } from '../../view/order.ts';
import { idOf, platformOf, statusPill } from '../../view/orders.ts';
import { tell } from '../ask.ts';
import { Code, Empty, PillOf, Read } from '../parts.ts';
import { useAnswer, useSession } from '../session.ts';
import { CommandCard } from './command-card.ts';
import { Versions } from './versions.ts';

/** One order: its way, what it is, what was done to it, what is kept of it. */
export function OrderScreen({ about }: { about: string }): VNode {
  const { speaker, titles, change } = useSession();
  const { say } = speaker;
  const asked = useAnswer('order', { name: about }, true);
  const order = asked.answer?.data.order;
  const replay = (source: 'raw' | 'fresh') => () =>
    change({ do: 'replay', orders: [about], source }, asked.reload);
  const actions = html`<button onClick=${replay('raw')}>${say('readAgain')}</button>
    <button onClick=${replay('fresh')}>${say('fetchAgain')}</button>
    ${
      order?.row.review !== undefined &&
      order.row.review.dismissedAt === undefined &&
      order.row.state === 'needs-review' &&
      html`<button onClick=${() => change({ do: 'dismiss', orders: [about], reason: '' }, asked.reload)}>${say('dismiss')}</button>`
    }`;
  const number = order?.row.displayNumber;
  const title = `${titles[platformOf(about)] ?? platformOf(about)} ${number === undefined ? idOf(about) : `#${number.replace(/^#/, '')}`}`;
  return html`<${Read} asked=${asked} title=${title} actions=${actions}>
    ${({ order: found }: { order: WholeOrder | undefined }) =>
      found === undefined
        ? html`<${Empty} title=${say('notThere', { name: about })} why=${say('notThereWhy')}>
            <button class="main" onClick=${replay('fresh')}>${say('fetchAgain')}</button>
          <//>`
        : html`<${Whole} order=${found} name=${about} reload=${asked.reload} />`}
  <//>`;
}

function Whole({ order, name, reload }: { order: WholeOrder; name: string; reload: () => void }): VNode {
  const { speaker } = useSession();
  const { say, word } = speaker;
  const { row, timeline, commands } = order;
  const told = timeline.filter(({ step }) => step === 'published').length;
  return html`<div class="order-head">
      <${PillOf} pill=${statusPill(row.status, row.state, speaker)} />
      ${row.total !== undefined && html`<strong class="amount">${row.total}</strong>`}
      <${Code} text=${name} />
    </div>
    ${
      row.review !== undefined &&
      row.state === 'needs-review' &&
      html`<div class="notice bad"><strong>${word(row.review.reason)}</strong><p>${row.review.problem}</p></div>`
    }
    <div class="columns">
      <div class="stack"><section class="card">
        <h2>${say('timeline')}</h2>
        <ol class="timeline">
          ${stepViews(timeline, speaker).map(
            (step) => html`<li class=${step.tone}>
              <div class="step-title"><strong>${step.title}</strong>${step.gap !== '' && html`<span class="gap">${step.gap}</span>`}</div>
              ${step.details.length > 0 && html`<p>${step.details.join(' · ')}</p>`}
              <time>${step.at}</time>
            </li>`,
          )}
        </ol>
        ${told < order.eventCount && html`<p class="dim">${say('timelineMore', { n: told, all: order.eventCount })}</p>`}
      </section>
        <section class="card">
          <h2>${say('commands')}</h2>
          ${commands.length === 0 ? html`<p class="dim">${say('noCommands')}</p>` : html`<div class="stack">${commands.map((command) => html`<${CommandCard} command=${command} reload=${reload} />`)}</div>`}
        </section>
        ${
          row.items !== undefined &&
          row.items.length > 0 &&
          html`<section class="card">
          <h2>${say('lines')} <span class="dim">${row.items.length}</span></h2>
          <ul class="items">
            ${row.items.map(({ quantity, unit, sku, name: text }) => html`<li><b>${quantity}${unit === undefined ? ' ×' : ` ${unit}`}</b><span>${text}</span>${sku !== undefined && html`<code>${sku}</code>`}</li>`)}
          </ul>
        </section>`
        }
      </div>
      <div class="stack">
        <section class="card">
          <h2>${say('facts')}</h2>
          <dl class="facts">
            ${factsOf(order, speaker).map(({ name: label, value, code }) => html`<div><dt>${label}</dt><dd>${code ? html`<code>${value}</code>` : value}</dd></div>`)}
            <div><dt>${say('person')}</dt><dd><${Person} order=${order} name=${name} /></dd></div>
          </dl>
        </section>
        ${
          row.parcels !== undefined &&
          row.parcels.length > 0 &&
          html`<section class="card">
          <h2>${say('parcels')}</h2>
          <ul class="items">
            ${row.parcels.map(({ status, carrier, trackingCode }) => html`<li><b>${word(status)}</b><span>${carrier ?? ''}</span>${trackingCode !== undefined && html`<code>${trackingCode}</code>`}</li>`)}
          </ul>
        </section>`
        }
        <${Versions} order=${order} name=${name} />
      </div>
    </div>`;
}

function Person({ order, name }: { order: WholeOrder; name: string }): VNode {
  const { state, speaker } = useSession();
  const { say } = speaker;
  const [shown, setShown] = useState<string>();
  const { personal } = order.row;
  if (typeof personal === 'string') return html`${personal}`;
  if (personal.length === 0) return html`${say('personNone')}`;
  if (shown !== undefined)
    return html`<pre tabindex="0">${shown}</pre><span class="dim">${say('bytesWhole')}</span>`;
  const look = async () => {
    const { personal: person } = await tell<{ personal: unknown }>('person', { name });
    setShown(JSON.stringify(person, null, 2));
  };
  return html`<span>${say('personHidden', { fields: personal.join(', ') })}</span>
    ${state.personal ? html` <button class="quiet" onClick=${look}>${say('showPerson')}</button>` : html`<span class="dim"> ${say('personHow')}</span>`}`;
}
