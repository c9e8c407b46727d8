import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Change, Plan } from '../changes.ts';
import type { Line, Outcome } from '../lines.ts';
import { NotAnswered, tell } from './ask.ts';
import { Code } from './parts.ts';
import { useSession } from './session.ts';

/** A change that a person looks at. */
export interface Pending {
  change: Change;
  done?: (() => void) | undefined;
}

type Stage =
  | { at: 'reason' }
  | { at: 'planning' }
  | { at: 'planned' | 'running'; plan: Plan & { id: string } }
  | { at: 'done'; outcome: Outcome }
  | { at: 'failed'; error: string };

const LINES = 12;

/** Shows what a change would do, does it when it is told to, and shows what came of it. */
export function ChangeDialog({ pending, close }: { pending: Pending; close: () => void }): VNode {
  const { state, speaker, locked } = useSession();
  const { say } = speaker;
  const [change, setChange] = useState(pending.change);
  const asks = 'reason' in change && change.reason === '';
  const [stage, setStage] = useState<Stage>(asks ? { at: 'reason' } : { at: 'planning' });
  const dialog = useRef<HTMLDialogElement>(null);
  const guarded = async (work: () => Promise<Stage>): Promise<void> => {
    try {
      setStage(await work());
    } catch (error) {
      if (error instanceof NotAnswered && error.status === 401) return locked();
      setStage({ at: 'failed', error: error instanceof Error ? error.message : String(error) });
    }
  };
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    if (!asks)
      void guarded(async () => ({ at: 'planned', plan: await tell<Plan & { id: string }>('plan', change) }));
  }, [change]);
  const run = (plan: Plan & { id: string }) => {
    setStage({ at: 'running', plan });
    void guarded(async () => {
      const outcome = await tell<Outcome>('run', { plan: plan.id });
      pending.done?.();
      return { at: 'done', outcome };
    });
  };
  const explain = (event: SubmitEvent) => {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason') ?? '').trim();
    if ('reason' in change && reason.length > 2) {
      setStage({ at: 'planning' });
      setChange({ ...change, reason });
    }
  };
  const title =
    stage.at === 'done'
      ? say(stage.outcome.good ? 'doneTitle' : 'doneNotGood')
      : stage.at === 'failed'
        ? say('failed')
        : say('planTitle');
  return html`<dialog ref=${dialog} onClose=${close} aria-labelledby="change-title">
    <h2 id="change-title">${title}</h2>
    ${
      stage.at === 'reason' &&
      html`<form onSubmit=${explain}>
      <label>${say(change.do === 'pause' ? 'pauseReason' : 'dismissReason')}<input name="reason" required minlength="3" maxlength="300" autofocus autocomplete="off" /></label>
      <div class="buttons">
        <button type="button" class="quiet" onClick=${() => dialog.current?.close()}>${say('cancel')}</button>
        <button class="main">${say('makePlan')}</button>
      </div>
    </form>`
    }
    ${stage.at === 'planning' && html`<div class="skeleton" role="status" aria-label=${say('loading')}><span></span><span></span></div>`}
    ${
      (stage.at === 'planned' || stage.at === 'running') &&
      html`<${Lines} lines=${stage.plan.lines} />
      <details open=${!state.write}>
        <summary>${say('planSame')}</summary>
        <${Code} text=${stage.plan.command} />
      </details>
      ${!state.write && html`<p class="dim">${say('readOnlyWhy')}</p>`}
      <div class="buttons">
        <button class="quiet" onClick=${() => dialog.current?.close()}>${say('cancel')}</button>
        ${
          state.write &&
          stage.plan.lines.length > 0 &&
          html`<button class="main" disabled=${stage.at === 'running'} onClick=${() => stage.at === 'planned' && run(stage.plan)}>
          ${say(stage.at === 'running' ? 'running' : 'run')}
        </button>`
        }
      </div>`
    }
    ${
      stage.at === 'done' &&
      html`<div role="status"><${Lines} lines=${stage.outcome.lines} /></div>
      <p class="dim">${say('doneLater')}</p>
      <div class="buttons"><button class="main" autofocus onClick=${() => dialog.current?.close()}>${say('close')}</button></div>`
    }
    ${
      stage.at === 'failed' &&
      html`<p role="alert">${stage.error}</p>
      <div class="buttons"><button class="main" onClick=${() => dialog.current?.close()}>${say('close')}</button></div>`
    }
  </dialog>`;
}

function Lines({ lines }: { lines: readonly Line[] }): VNode {
  const { speaker } = useSession();
  const { say, word } = speaker;
  if (lines.length === 0) return html`<p>${say('planEmpty')}</p>`;
  return html`<ul class="plan">
    ${lines.slice(0, LINES).map(
      ({ what, of, result, changes = [], problem }) => html`<li>
        <code>${what}</code>
        ${of !== undefined && html`<strong>${word(of)}</strong>`}
        <span>${[...(/^\d+$/.test(changes[0] ?? '') ? changes : []), word(result)].join(' ')}</span>
        ${changes.length > 0 && !/^\d+$/.test(changes[0] ?? '') && html`<span class="dim">${changes.join(', ')}</span>`}
        ${problem !== undefined && html`<span class="problem">${problem}</span>`}
      </li>`,
    )}
    ${lines.length > LINES && html`<li class="dim">${say('and_more', { n: lines.length - LINES })}</li>`}
  </ul>`;
}
