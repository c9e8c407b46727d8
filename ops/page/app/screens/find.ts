import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { emailText } from '../../../../functions/domain/email-text.ts';
import type { CustomerHit } from '../../../data/found-customers.ts';
import type { SkuHit } from '../../../data/found-sku.ts';
import type { Answer } from '../../screens.ts';
import { orderItem } from '../../view/orders.ts';
import { askPlatform, MOST_SOUGHT, readThemselves } from '../../view/search.ts';
import { skuItem } from '../../view/stock.ts';
import { type Answered, NotAnswered, tellCounted } from '../ask.ts';
import { Code, Empty, OrderRows, Read } from '../parts.ts';
import { hashOf } from '../place.ts';
import { useAnswer, useSession } from '../session.ts';

/** Which order? By anything that a person has in hand; without that, what changed last. */
export function FindScreen({ about }: { about: string }): VNode {
  const { speaker } = useSession();
  const { say } = speaker;
  // An address of the page stays in the browser's history: an e-mail stands in none.
  const [email, setEmail] = useState<string>();
  const typed = emailText(about);
  useEffect(() => {
    if (typed === undefined) return;
    setEmail(typed);
    location.replace(hashOf('find'));
  }, [typed]);
  const go = (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get('text') ?? '').trim();
    const wanted = emailText(text);
    setEmail(wanted);
    location.hash = hashOf('find', wanted === undefined ? text : '');
  };
  const results = () => {
    if (typed !== undefined) return undefined;
    // It would be refused, by words that are for nobody.
    if (about.trim().length > MOST_SOUGHT)
      return html`<${Empty} title=${say('soughtTooLong')} why=${say('soughtTooLongWhy', { n: MOST_SOUGHT })} />`;
    if (about !== '') return html`<${Found} text=${about} />`;
    return email === undefined ? html`<${Recent} />` : html`<${FoundByEmail} key=${email} email=${email} />`;
  };
  return html`<section class="hero">
      <h1>${say('findTitle')}</h1>
      <form role="search" onSubmit=${go}>
        <input id="search" type="search" name="text" value=${about === '' ? (email ?? '') : about} placeholder=${say('findHint')} aria-label=${say('findHint')}
          autocomplete="off" autocapitalize="off" spellcheck=${false} />
        <button class="main">${say('search')}</button>
      </form>
    </section>
    ${results()}`;
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
  const { speaker } = useSession();
  const asked = useAnswer('find', { text });
  const [only, ...others] = asked.answer?.data.matches ?? [];
  const besides = (asked.answer?.data.customers.length ?? 0) + (asked.answer?.data.skus.length ?? 0);
  useEffect(() => {
    // Whoever goes back comes to where they searched from, not to this search again.
    if (only !== undefined && others.length === 0 && besides === 0)
      location.replace(hashOf('order', only.name));
  }, [only?.name, others.length, besides]);
  return html`<div class="second"><${Read} asked=${asked} title=${speaker.say('results')}>
    ${(hits: Answer<'find'>) => html`<${Results} hits=${hits} text=${text} />`}
  <//></div>`;
}

/** The same of an e-mail, which is said in a body, and once: each look stands in the audit trail. */
function FoundByEmail({ email }: { email: string }): VNode {
  const { speaker, locked } = useSession();
  const { say } = speaker;
  const [came, setCame] = useState<{ answer?: Answered<Answer<'find'>>; error?: string }>({});
  const look = useCallback(() => {
    setCame({});
    tellCounted<Answer<'find'>>('find', { text: email }).then(
      (answer) => setCame({ answer }),
      (error: unknown) => {
        if (error instanceof NotAnswered && error.status === 401) locked();
        else setCame({ error: error instanceof Error ? error.message : String(error) });
      },
    );
  }, [email]);
  useEffect(look, [look]);
  const { answer, error } = came;
  const loading = answer === undefined && error === undefined;
  const asked = { answer, error, loading, reload: look };
  return html`<div class="second"><${Read} asked=${asked} title=${say('results')}>
    ${(
      found: Answer<'find'>,
    ) => html`${found.asEmail === false && html`<p class="notice">${say('emailHow')}</p>`}
      <${Results} hits=${found} text=${email} />`}
  <//></div>`;
}

function Results({ hits, text }: { hits: Answer<'find'>; text: string }): VNode {
  const { speaker, titles, state } = useSession();
  const { say } = speaker;
  const { matches, customers, skus, all, asEmail } = hits;
  if (matches.length + customers.length + skus.length > 0)
    return html`${matches.length > 0 && html`<${OrderRows} label=${say('results')} items=${matches.map((hit) => orderItem(hit, speaker, { titles, now: Date.now() }))} />`}
      ${!all && html`<p class="dim">${say('moreCalledSo')}</p>`}
      ${customers.length > 0 && html`<${Customers} customers=${customers} />`}
      ${skus.length > 0 && html`<${Skus} skus=${skus} />`}`;
  const missed = { merchant: state.merchant, text };
  return html`<${Empty} title=${say('nothingFound', { text })} why=${say('nothingFoundWhy')}>
    <p>${say('readThemselves')}</p>
    <${Code} text=${readThemselves(missed, asEmail !== undefined)} />
    ${
      asEmail === undefined &&
      html`<p>${say('askPlatform')}</p>
      ${state.platforms.map(({ name }) => html`<${Code} text=${askPlatform(missed, name)} />`)}`
    }
  <//>`;
}

/** Customers, by their ids alone: whoever looks for the person asks the platform. */
function Customers({ customers }: { customers: readonly CustomerHit[] }): VNode {
  const { speaker } = useSession();
  const { say, word, ago } = speaker;
  return html`<section class="card"><h2>${word('customers')}</h2><div class="stack">
    ${customers.map(
      ({ name, by, state, externalId, changedAt }) => html`<article class="item" key=${name}>
        <div class="item-head"><strong class="break">${name}</strong><span class="dim">${say('foundBy', { by: word(by) })}</span>
          <time class="dim">${ago(changedAt, Date.now())}</time></div>
        ${state !== 'ok' && html`<p class="problem">${word(state)}</p>`}
        ${externalId !== undefined && html`<p class="dim">${word('external id')} ${externalId}</p>`}
      </article>`,
    )}
  </div></section>`;
}

/** SKUs, with the products that have them and the command that shows the stock. */
function Skus({ skus }: { skus: readonly SkuHit[] }): VNode {
  const { speaker, state } = useSession();
  const { say, ago } = speaker;
  return html`<section class="card"><h2>${say('stock')}</h2><div class="stack">
    ${skus.map((hit) => {
      const { sku, products, command } = skuItem(hit, state.merchant);
      return html`<article class="item" key=${sku}>
        <div class="item-head"><strong class="break">${sku}</strong><time class="dim">${ago(hit.changedAt, Date.now())}</time></div>
        ${products.map((text) => html`<p class="dim break">${text}</p>`)}
        <${Code} text=${command} />
      </article>`;
    })}
  </div></section>`;
}
