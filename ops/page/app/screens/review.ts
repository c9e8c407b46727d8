import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type ReviewGroup, reviewGroups } from '../../view/review.ts';
import { Empty, Read } from '../parts.ts';
import { hashOf } from '../place.ts';
import { useAnswer, useSession } from '../session.ts';

/** What could not be understood, by reason: how many, what to do, and the buttons that do it. */
export function ReviewScreen(): VNode {
  const { speaker } = useSession();
  const { say } = speaker;
  const asked = useAnswer('review', {}, true);
  return html`<${Read} asked=${asked} title=${say('review')}>
    ${({ rows, count }: NonNullable<typeof asked.answer>['data']) =>
      rows.length === 0
        ? html`<${Empty} tone="good" title=${say('reviewNone')} why=${say('reviewNoneWhy')} />`
        : html`${rows.length < count && html`<p class="dim">${say('reviewMore', { n: rows.length, all: count })}</p>`}
            ${reviewGroups(rows).map((group) => html`<${Group} key=${group.reason} group=${group} reload=${asked.reload} />`)}`}
  <//>`;
}

/** Rows that are shown before somebody wants to see the rest. */
const FIRST = 5;
/** Orders of one change. */
const MOST = 100;

function Group({ group, reload }: { group: ReviewGroup; reload: () => void }): VNode {
  const { speaker, titles, change } = useSession();
  const { say, word, ago, time } = speaker;
  const [all, setAll] = useState(false);
  const { rows, offers, next, reason } = group;
  const orders = rows.slice(0, MOST).map(({ name }) => name);
  const replay = (source: 'raw' | 'fresh') => () => change({ do: 'replay', orders, source }, reload);
  return html`<section class="card">
    <h2>${word(reason)} <span class="count">${rows.length}</span></h2>
    <p>${say(next)}</p>
    <div class="buttons start">
      ${offers.includes('raw') && html`<button class="main" onClick=${replay('raw')}>${orders.length === 1 ? say('readAgain') : say('readAllAgain', { n: orders.length })}</button>`}
      ${offers.includes('fresh') && html`<button class=${offers[0] === 'fresh' ? 'main' : ''} onClick=${replay('fresh')}>${say('fetchAgain')}</button>`}
      <button class="quiet" onClick=${() => change({ do: 'dismiss', orders, reason: '' }, reload)}>${say('dismiss')}</button>
    </div>
    <ul class="rows">
      ${rows.slice(0, all ? rows.length : FIRST).map(
        (row) => html`<li key=${row.name}>
          <a href=${hashOf('order', row.name)} data-row>
            <span class="row-main"><strong>${row.title}</strong><span class="dim">${titles[row.platform] ?? row.platform}</span></span>
            <span class="row-problem">${row.problem}</span>
            <span class="row-when dim" title=${row.at === '' ? '' : time(row.at)}>${row.at === '' ? '' : ago(row.at, Date.now())}</span>
          </a>
        </li>`,
      )}
    </ul>
    ${!all && rows.length > FIRST && html`<button class="quiet" onClick=${() => setAll(true)}>${say('and_more', { n: rows.length - FIRST })}</button>`}
  </section>`;
}
