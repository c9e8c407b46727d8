import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Tone } from '../../view/orders.ts';
import { Empty, PillOf, Read } from '../parts.ts';
import { useAnswer, useSession } from '../session.ts';

const TONES: Readonly<Record<string, Tone>> = { done: 'good', failed: 'bad', begun: 'going' };

/** Who did what to how many, the latest first. */
export function AuditScreen(): VNode {
  const { speaker } = useSession();
  const { say, word, time, ago } = speaker;
  const asked = useAnswer('audit', {});
  return html`<${Read} asked=${asked} title=${say('audit')}>
    ${({ entries }: NonNullable<typeof asked.answer>['data']) =>
      entries.length === 0
        ? html`<${Empty} title=${say('auditNone')} why=${say('auditNoneWhy')} />`
        : html`<ol class="runs card">
            ${entries.map(({ at, who, what, state, details, id }) => {
              const iso = new Date(at).toISOString();
              return html`<li key=${`${id}${at}`}>
                <div class="item-head">
                  <strong>${what}</strong>
                  <${PillOf} pill=${{ text: word(state), tone: TONES[state] ?? 'calm' }} />
                  <span>${who}</span>
                  <time class="dim" title=${time(iso)}>${ago(iso, Date.now())}</time>
                </div>
                <p class="dim">${Object.entries(details)
                  .map(([name, value]) => `${name} ${value}`)
                  .join(' · ')}</p>
              </li>`;
            })}
          </ol>`}
  <//>`;
}
