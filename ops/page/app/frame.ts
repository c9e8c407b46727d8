import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { LANGUAGES, type Language } from '../texts/speaker.ts';
import { hashOf, type Place, SCREENS } from './place.ts';
import { useSession, WaitingContext } from './session.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const ICONS: Readonly<Record<(typeof SCREENS)[number], string>> = {
  find: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM20 20l-4.7-4.7',
  review: 'M12 4 21 19.5H3zM12 10v4.5M12 17v.2',
  now: 'M3 12h4l3-7 4 14 3-7h4',
  commands: 'M4 6l6 6-6 6M12 18h8',
  stock: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  deadLetters: 'M3 6h18v12H3zM3 7l9 6 9-6',
  reconciliations: 'M4 8h13l-3-3M20 16H7l3 3',
  audit: 'M6 3h9l4 4v14H6zM9 11h7M9 15h7',
};
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { es: 'Español', pt: 'Português', en: 'English' };

/** What stands around every screen: where one can go, who is here, language and colours. */
export function Sidebar({
  place,
  theme,
  setTheme,
  setLanguage,
  help,
}: {
  place: Place;
  theme: Theme;
  setTheme: (theme: Theme) => void;
  setLanguage: (language: Language) => void;
  help: () => void;
}): VNode {
  const { state, speaker } = useSession();
  const { say } = speaker;
  const waiting = useContext(WaitingContext);
  const counts: Partial<Record<(typeof SCREENS)[number], number>> = {
    review: waiting?.review ?? 0,
    commands: waiting?.commands ?? 0,
    stock: waiting?.stock ?? 0,
    deadLetters: waiting?.deadLetters ?? 0,
  };
  const active = place.screen === 'order' ? 'find' : place.screen;
  return html`<div class="side">
    <div class="brand">
      <img src="/icon.svg" alt="" width="30" height="30" />
      <div><strong>Acopio</strong><span>${state.merchant}</span></div>
      <span class=${`mode ${state.write ? 'writes' : ''}`}>${say(state.write ? 'writing' : 'readOnly')}</span>
    </div>
    <nav aria-label=${say('screens')}>
      <ul>
        ${SCREENS.map(
          (screen) => html`<li>
            <a href=${hashOf(screen)} aria-current=${screen === active ? 'page' : undefined}>
              <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS[screen]} /></svg>
              <span>${say(screen)}</span>
              ${(counts[screen] ?? 0) > 0 && html`<b class="count">${counts[screen]}</b>`}
            </a>
          </li>`,
        )}
      </ul>
    </nav>
    <div class="settings">
      <label><span>${say('language')}</span>
        <select value=${speaker.language} onChange=${(event: Event) => setLanguage((event.target as HTMLSelectElement).value as Language)}>
          ${LANGUAGES.map((one) => html`<option value=${one}>${LANGUAGE_NAMES[one]}</option>`)}
        </select>
      </label>
      <label><span>${say('theme')}</span>
        <select value=${theme} onChange=${(event: Event) => setTheme((event.target as HTMLSelectElement).value as Theme)}>
          ${THEMES.map((one) => html`<option value=${one}>${say(`theme_${one}`)}</option>`)}
        </select>
      </label>
      <button class="quiet" onClick=${help}>${say('keys')} <kbd>?</kbd></button>
      <p class="dim">${state.who}<br />${state.region} · ${state.release}</p>
    </div>
  </div>`;
}

/** The part of the address that says where one is, as it changes. */
export function usePlace(read: (hash: string) => Place): Place {
  const [place, setPlace] = useState(() => read(location.hash));
  useEffect(() => {
    const change = () => setPlace(read(location.hash));
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return place;
}
