import { html } from 'htm/preact';
import { render, type VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Language, languageOf, speakerOf } from '../texts/speaker.ts';
import { askState, NotAnswered, type PageState, tell } from './ask.ts';
import { ChangeDialog, type Pending } from './change-dialog.ts';
import { Sidebar, THEMES, type Theme, usePlace } from './frame.ts';
import { useKeyboard } from './keyboard.ts';
import { placeOf, SCREENS, type Screen } from './place.ts';
import { AuditScreen } from './screens/audit.ts';
import { CommandsScreen } from './screens/commands.ts';
import { DeadLettersScreen } from './screens/dead-letters.ts';
import { FindScreen } from './screens/find.ts';
import { NowScreen } from './screens/now.ts';
import { OrderScreen } from './screens/order.ts';
import { ReconciliationsScreen } from './screens/reconciliations.ts';
import { ReviewScreen } from './screens/review.ts';
import { StockScreen } from './screens/stock.ts';
import { type Session, SessionContext, Waiting } from './session.ts';

const VIEWS: Readonly<Record<Screen, (props: { about: string }) => VNode>> = {
  find: FindScreen,
  order: OrderScreen,
  review: ReviewScreen,
  now: NowScreen,
  commands: CommandsScreen,
  stock: StockScreen,
  deadLetters: DeadLettersScreen,
  reconciliations: ReconciliationsScreen,
  audit: AuditScreen,
};

/** The token of the link goes at once: it must not stay in the history. */
async function letIn(): Promise<PageState | undefined> {
  const token = /^#t=([\w-]+)$/.exec(location.hash)?.[1];
  if (token !== undefined) {
    history.replaceState(undefined, '', '#/find');
    await tell('session', { token }).catch(() => {});
  }
  try {
    return await askState();
  } catch (error) {
    if (error instanceof NotAnswered) return undefined;
    throw error;
  }
}

const remembered = (name: string): string => localStorage.getItem(`acopio-${name}`) ?? '';

function Page({ first }: { first: PageState | undefined }): VNode {
  const [state, setState] = useState(first);
  const [language, setLanguage] = useState<Language>(
    languageOf(remembered('language') || navigator.language),
  );
  const [theme, setTheme] = useState<Theme>(THEMES.find((one) => one === remembered('theme')) ?? 'auto');
  const [pending, setPending] = useState<Pending>();
  const help = useRef<HTMLDialogElement>(null);
  const place = usePlace(placeOf);
  const speaker = useMemo(() => speakerOf(language), [language]);
  useKeyboard(() => help.current?.showModal());
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = theme;
    localStorage.setItem('acopio-language', language);
    localStorage.setItem('acopio-theme', theme);
  }, [language, theme]);
  useEffect(() => {
    const screen = place.screen === 'order' ? `${place.about} · ` : `${speaker.say(place.screen)} · `;
    document.title = `${screen}Acopio${state === undefined ? '' : ` ${state.merchant}`}`;
    scrollTo(0, 0);
  }, [place.screen, place.about, language, state]);
  if (state === undefined)
    return html`<main class="locked">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>${speaker.say('closedTitle')}</h1>
      <p>${speaker.say('closedText')}</p>
    </main>`;
  const session: Session = {
    state,
    speaker,
    titles: Object.fromEntries(state.platforms.map(({ name, title }) => [name, title])),
    change: (change, done) => setPending({ change, done }),
    locked: () => setState(undefined),
  };
  const View = VIEWS[place.screen];
  const keys = [
    ['/', 'keys_search'],
    [`1 – ${SCREENS.length}`, 'keys_screens'],
    ['j k', 'keys_rows'],
    ['?', 'keys_help'],
    ['Esc', 'keys_escape'],
  ] as const;
  return html`<${SessionContext.Provider} value=${session}>
    <a class="skip" href="#main" onClick=${focusMain}>${speaker.say('skip')}</a>
    <${Waiting}>
      <${Sidebar} ...${{ place, theme, setTheme, setLanguage, help: () => help.current?.showModal() }} />
      <main id="main" tabindex="-1"><${View} key=${`${place.screen}/${place.about}`} about=${place.about} /></main>
    <//>
    ${pending !== undefined && html`<${ChangeDialog} key=${JSON.stringify(pending.change)} pending=${pending} close=${() => setPending(undefined)} />`}
    <dialog ref=${help} aria-labelledby="keys-title">
      <h2 id="keys-title">${speaker.say('keys')}</h2>
      <dl class="keys">${keys.map(([key, text]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${speaker.say(text)}</dd></div>`)}</dl>
      <div class="buttons"><button class="main" onClick=${() => help.current?.close()}>${speaker.say('close')}</button></div>
    </dialog>
  <//>`;
}

/** The address behind `#` says where one is, so this link may not change it. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

// A new link that is opened where the page stands already changes nothing but the part behind `#`.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#t=')) location.reload();
});

const root = document.querySelector('#page');
if (root !== null) render(html`<${Page} first=${await letIn()} />`, root);
