import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { ReconciliationView } from '../../../data/reconciliations.ts';
import { Empty, PillOf, Read } from '../parts.ts';
import { hashOf } from '../place.ts';
import { useAnswer, useSession } from '../session.ts';

/** The schedule leaves out the last minutes; whoever misses an order has just been told of it. */
const dayAgo = (): string => new Date(Date.now() - 24 * 3_600_000).toISOString();

const WELL = new Set(['done', 'unfinished', 'busy', 'off']);

/** What each comparison with a platform found, and one at once. */
export function ReconciliationsScreen(): VNode {
  const { speaker, titles, change } = useSession();
  const { say } = speaker;
  const asked = useAnswer('reconciliations', {}, true);
  return html`<${Read} asked=${asked} title=${say('reconciliations')}>
    ${({ runs, stores }: NonNullable<typeof asked.answer>['data']) =>
      stores.map(({ platform, storeId }) => {
        const own = runs.filter((run) => run.platform === platform && run.storeId === storeId);
        const compare = (dryRun: boolean) => () =>
          change({ do: 'reconcile', store: `${platform}:${storeId}`, from: dayAgo(), dryRun }, asked.reload);
        return html`<section class="card" key=${`${platform}:${storeId}`}>
          <h2>${titles[platform] ?? platform} <span class="dim">${storeId}</span></h2>
          <div class="buttons start">
            <button class="main" onClick=${compare(false)}>${say('reconcileNow')}</button>
            <button onClick=${compare(true)}>${say('reconcileDry')}</button>
            <button onClick=${() => change({ do: 'import', store: `${platform}:${storeId}` }, asked.reload)}>${say('importAll')}</button>
          </div>
          ${
            own.length === 0
              ? html`<${Empty} title=${say('runsNone')} why=${say('runsNoneWhy')} />`
              : html`<ol class="runs">${own.map((run) => html`<${Run} key=${run.startedAt} run=${run} />`)}</ol>`
          }
        </section>`;
      })}
  <//>`;
}

function Run({ run }: { run: ReconciliationView }): VNode {
  const { speaker } = useSession();
  const { say, word, time, ago } = speaker;
  const { seen = 0, missing = 0, stale = 0, repaired = 0, failed = 0 } = run.counts;
  const bad = failed > 0 || !WELL.has(run.outcome);
  return html`<li>
    <div class="item-head">
      <${PillOf} pill=${{ text: word(run.outcome), tone: bad ? 'bad' : missing + stale > 0 ? 'going' : 'good' }} />
      <span>${say('compared', { seen, missing, stale, repaired })}${failed > 0 ? `, ${say('failedCount', { n: failed })}` : ''}</span>
      <time class="dim" title=${time(run.endedAt)}>${ago(run.endedAt, Date.now())}</time>
    </div>
    ${
      run.webhooks !== undefined &&
      html`<p class="dim">${say('webhooksRepaired', { events: [...run.webhooks.missing, ...run.webhooks.surplus].join(', ') })}</p>`
    }
    ${run.problems.map((problem) => html`<p class="problem">${problem}</p>`)}
    ${
      run.examples.length > 0 &&
      html`<details><summary>${run.examples.length}</summary>
      <ul class="plan">${run.examples.slice(0, 20).map(({ order, finding }) => html`<li><a href=${hashOf('order', order)}>${order}</a><span class="dim">${finding}</span></li>`)}</ul>
    </details>`
    }
  </li>`;
}
