import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { OrderItem, Pill } from '../view/orders.ts';
import { hashOf } from './place.ts';
import { type Asked, useSession } from './session.ts';

export const PillOf = ({ pill }: { pill: Pill }): VNode =>
  html`<span class=${`pill ${pill.tone}`}>${pill.text}</span>`;

/** Nothing to show, and why that is well, or what to do. */
export const Empty = ({
  title,
  why,
  tone = 'calm',
  children,
}: {
  title: string;
  why?: string;
  tone?: 'good' | 'calm';
  children?: ComponentChildren;
}): VNode =>
  html`<div class=${`empty ${tone}`}>
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${tone === 'good' ? 'M5 12.5 10 17.5 19 7' : 'M4 7h16M4 12h10M4 17h7'} /></svg>
    <h2>${title}</h2>
    ${why !== undefined && html`<p>${why}</p>`}
    ${children}
  </div>`;

/** A screen's heading with what it took to read it, and the rest once it is there. */
export function Read<T>({
  asked,
  title,
  actions,
  children,
}: {
  asked: Asked<T>;
  title: string;
  actions?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}): VNode {
  const { speaker } = useSession();
  const { answer, error, loading, reload } = asked;
  return html`<header class="head">
      <h1 tabindex="-1">${title}</h1>
      <div class="head-actions">
        ${actions}
        <button class="quiet" onClick=${reload} aria-busy=${loading} title=${answer === undefined ? '' : speaker.say('calls', { n: answer.calls, ms: answer.ms })}>
          <svg class=${loading ? 'spin' : ''} viewBox="0 0 24 24" aria-hidden="true"><path d="M20 12a8 8 0 1 1-2.3-5.6M20 4v4.5h-4.5" /></svg>
          ${speaker.say('refresh')}
        </button>
      </div>
    </header>
    ${error !== undefined && html`<${Failed} error=${error} retry=${reload} />`}
    ${answer === undefined && error === undefined && html`<${Skeleton} />`}
    ${answer !== undefined && children(answer.data)}
    ${
      answer !== undefined &&
      html`<p class="cost">${speaker.say('calls', { n: answer.calls, ms: answer.ms })}</p>`
    }`;
}

const Failed = ({ error, retry }: { error: string; retry: () => void }): VNode => {
  const { speaker } = useSession();
  return html`<div class="notice bad" role="alert">
    <strong>${speaker.say('failed')}</strong>
    <p>${error}</p>
    <button onClick=${retry}>${speaker.say('retry')}</button>
  </div>`;
};

const Skeleton = (): VNode => {
  const { speaker } = useSession();
  return html`<div class="skeleton" role="status" aria-label=${speaker.say('loading')}>
    ${[0, 1, 2, 3, 4].map(() => html`<span></span>`)}
  </div>`;
};

/** A text to be copied, such as a command. */
export function Code({ text }: { text: string }): VNode {
  const { speaker } = useSession();
  const [copied, setCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1_500);
    });
  return html`<div class="code">
    <code tabindex="0">${text}</code>
    <button class="quiet" onClick=${copy}>${speaker.say(copied ? 'copied' : 'copy')}</button>
  </div>`;
}

/** Orders, each a link to its own screen. */
export const OrderRows = ({ items, label }: { items: readonly OrderItem[]; label: string }): VNode =>
  html`<ul class="rows orders" aria-label=${label}>
    ${items.map(
      (item) => html`<li key=${item.name}>
        <a href=${hashOf('order', item.name)} data-row>
          <span class="row-main"><strong>${item.title}</strong><span class="dim">${item.subtitle}</span></span>
          <span class="row-state"><${PillOf} pill=${item.pill} /><span class="dim">${item.payment}</span></span>
          <span class="row-total">${item.total}</span>
          <span class="row-when dim" title=${item.at}>${item.when}</span>
        </a>
      </li>`,
    )}
  </ul>`;
