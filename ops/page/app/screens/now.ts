import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import { type EndpointView, nowView, type PlatformView, type StoreView } from '../../view/now.ts';
import { PillOf, Read } from '../parts.ts';
import { hashOf } from '../place.ts';
import { useAnswer, useSession, WaitingContext } from '../session.ts';

/** How everything stands: each platform with its stores, and the merchant's own system. */
export function NowScreen(): VNode {
  const { speaker } = useSession();
  const { say } = speaker;
  const asked = useAnswer('now', {}, true);
  const counts = useContext(WaitingContext);
  return html`<${Read} asked=${asked} title=${say('now')}>
    ${(data: NonNullable<typeof asked.answer>['data']) => {
      // Nobody can say that all is well before both are known.
      if (counts === undefined) return '';
      const view = nowView(data, speaker, Date.now(), counts);
      return html`
        ${
          view.waiting === 0
            ? html`<div class="notice good"><strong>${say('allWell')}</strong><p>${say('allWellWhy')}</p></div>`
            : html`<div class="notice bad"><strong>${say('somethingWaits', { n: view.waiting })}</strong>
                ${view.elsewhere.length > 0 && html`<p>${view.elsewhere.map(({ screen, n }, at) => html`${at > 0 && ' · '}<a href=${hashOf(screen)}>${say(screen)}: ${n}</a>`)}</p>`}
              </div>`
        }
        <div class="grid">
          ${view.platforms.map((platform) => html`<${PlatformCard} key=${platform.platform} platform=${platform} reload=${asked.reload} />`)}
          <section class="card">
            <h2><span class=${`dot ${view.erp}`}></span>${say('erp')}</h2>
            <dl class="facts"><div><dt>${say('feedHead')}</dt><dd>${view.head.toLocaleString(speaker.language)}</dd></div></dl>
            ${view.late !== undefined && html`<p class="problem">${view.late}</p>`}
            ${view.unclaimed !== undefined && html`<p class="problem">${view.unclaimed}</p>`}
            ${view.overdue > 0 && html`<p class="problem">${say('overdue', { n: view.overdue })}</p>`}
            ${view.givenUp.map((text) => html`<p class="problem">${text}</p>`)}
            ${
              view.endpoints.length === 0
                ? html`<p class="dim">${say('noEndpoints')}</p>`
                : html`<div class="stack">${view.endpoints.map((one) => html`<${EndpointCard} key=${one.id} endpoint=${one} reload=${asked.reload} />`)}</div>`
            }
          </section>
        </div>`;
    }}
  <//>`;
}

function PlatformCard({ platform, reload }: { platform: PlatformView; reload: () => void }): VNode {
  const { speaker } = useSession();
  const { say } = speaker;
  return html`<section class="card">
    <h2><span class=${`dot ${platform.tone}`}></span>${platform.title}</h2>
    <dl class="facts">
      <div><dt>${say('queue')}</dt><dd>${platform.queue}</dd></div>
      ${
        platform.deadLetters > 0 &&
        html`<div><dt>${say('deadLetters')}</dt><dd><a class="problem" href=${hashOf('deadLetters')}>${say('deadCount', { n: platform.deadLetters })}</a></dd></div>`
      }
    </dl>
    <div class="stack">${platform.stores.map((store) => html`<${StoreCard} key=${store.storeId} platform=${platform.platform} store=${store} reload=${reload} />`)}</div>
  </section>`;
}

interface StoreProps {
  platform: string;
  store: StoreView;
  reload: () => void;
}

function StoreCard({ platform, store, reload }: StoreProps): VNode {
  const { speaker, change } = useSession();
  const name = `${platform}:${store.storeId}`;
  const { say } = speaker;
  return html`<article class="item">
    <div class="item-head"><strong>${say('store')} ${store.storeId}</strong></div>
    ${store.circuit !== undefined && html`<${OpenCircuit} circuit=${store.circuit} />`}
    ${store.paused !== undefined && html`<div class="notice bad"><strong>${store.paused.text}</strong><p>${store.paused.reason}</p></div>`}
    <dl class="facts">
      <div><dt>${say('lastOrder')}</dt><dd>${store.lastChange === undefined ? say('never') : html`<a href=${hashOf('order', store.lastChange.order)}>${store.lastChange.text}</a>`}</dd></div>
      ${store.circuit === undefined && html`<div><dt>${say('circuit')}</dt><dd>${say('closed')}</dd></div>`}
      <div><dt>${say('reconciled')}</dt><dd>${store.reconciled}</dd></div>
      ${store.webhooks !== undefined && html`<div><dt>${say('webhooksChecked')}</dt><dd>${store.webhooks}</dd></div>`}
      ${store.setAside > 0 && html`<div><dt></dt><dd class="problem">${say('setAside', { n: store.setAside })}</dd></div>`}
      ${store.gauges.map(
        (gauge) => html`<div><dt>${say('limit')} <code>${gauge.name}</code></dt>
          <dd><meter min="0" max="1" high="0.8" value=${gauge.level} aria-label=${gauge.text}></meter>
            <span class="dim">${gauge.text}</span>
            ${gauge.waits.map((wait) => html`<span class="dim">${wait}</span>`)}</dd></div>`,
      )}
    </dl>
    ${store.problems.map((problem) => html`<p class="problem">${problem}</p>`)}
    <div class="buttons start">
      ${
        store.paused === undefined
          ? html`<button onClick=${() => change({ do: 'pause', store: name, reason: '' }, reload)}>${say('pauseCalls')}</button>`
          : html`<button class="main" onClick=${() => change({ do: 'unpause', store: name }, reload)}>${say('resumeCalls')}</button>`
      }
    </div>
  </article>`;
}

function OpenCircuit({ circuit }: { circuit: NonNullable<StoreView['circuit']> }): VNode {
  const { say } = useSession().speaker;
  const { text, cause, remedy, command, link } = circuit;
  return html`<div class="notice bad">
    <strong>${say('circuit')} ${text}</strong>
    <p>${cause}</p>
    <p>${remedy}</p>
    ${
      link === undefined
        ? html`<p>${say('newCredential')} <code class="break">${command}</code></p>`
        : html`<p><a href=${link} target="_blank" rel="noreferrer">${say('installAgain')}</a></p>`
    }
  </div>`;
}

function EndpointCard({ endpoint, reload }: { endpoint: EndpointView; reload: () => void }): VNode {
  const { speaker, change } = useSession();
  const { id, url, pill, state, delivered, offers } = endpoint;
  return html`<article class="item">
    <div class="item-head"><strong>${id}</strong><${PillOf} pill=${pill} /></div>
    <p class="break">${url}</p>
    <p class=${endpoint.needsPerson ? 'problem' : ''}>${state}</p>
    <p class="dim">${delivered}</p>
    <div class="buttons start">
      ${offers.map((what) => html`<button onClick=${() => change({ do: 'endpoint', id, what }, reload)}>${speaker.say(what)}</button>`)}
    </div>
  </article>`;
}
