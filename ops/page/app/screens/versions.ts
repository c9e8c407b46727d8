import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WholeOrder } from '../../../data/order.ts';
import type { Version } from '../../../data/versions.ts';
import { ask, tell } from '../ask.ts';
import { useSession } from '../session.ts';

/** What is kept of an order, and what each copy changed. */
export function Versions({ order, name }: { order: WholeOrder; name: string }): VNode {
  const { speaker } = useSession();
  if (order.versions.length === 0) return html`${null}`;
  return html`<section class="card">
    <h2>${speaker.say('versions')} <span class="dim">${order.versions.length}</span></h2>
    <ol class="versions">
      ${order.versions.map((version) => html`<${One} key=${version.sha256} version=${version} name=${name} />`)}
    </ol>
  </section>`;
}

function One({ version, name }: { version: Version; name: string }): VNode {
  const { speaker, state } = useSession();
  const { say, time } = speaker;
  const [shown, setShown] = useState<{ text: string; masked: boolean }>();
  const look = async () => {
    const { sha256 } = version;
    if (!state.personal) setShown((await ask('bytes', { name, sha256 })).data);
    else setShown({ text: (await tell<{ text: string }>('person', { name, sha256 })).text, masked: false });
  };
  const { differences, current, updatedAt, keptUntil, sha256, bytes } = version;
  return html`<li>
    <div class="step-title">
      <strong>${updatedAt === undefined ? sha256.slice(0, 10) : time(updatedAt)}</strong>
      ${current && html`<span class="pill good">${say('versionCurrent')}</span>`}
    </div>
    <p class="dim">${bytes.toLocaleString(speaker.language)} B · ${say('expires', { when: time(keptUntil) })}</p>
    ${
      differences === undefined
        ? html`<p class="dim">${say('versionFirst')}</p>`
        : differences.length === 0
          ? html`<p class="dim">${say('versionSame')}</p>`
          : html`<ul class="diff">
            ${differences.map(
              ({ field, before, after }) =>
                html`<li><code>${field}</code><span>${before !== undefined && html`<del>${before}</del>`} ${after !== undefined && html`<ins>${after}</ins>`}</span></li>`,
            )}
          </ul>`
    }
    ${
      shown === undefined
        ? html`<button class="quiet" onClick=${look}>${say('showBytes')}</button>`
        : html`<p class="dim">${say(shown.text === '' ? 'bytesNoJson' : shown.masked ? 'bytesMasked' : 'bytesWhole')}</p>
          ${shown.text !== '' && html`<pre tabindex="0">${shown.text}</pre>`}`
    }
  </li>`;
}
