import { html } from 'htm/preact';
import { type ComponentChildren, createContext, type VNode } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Change } from '../changes.ts';
import type { Answer, ScreenName } from '../screens.ts';
import type { Speaker } from '../texts/speaker.ts';
import { type Answered, ask, NotAnswered, type PageState } from './ask.ts';

/** What every part of the page has at hand. */
export interface Session {
  state: PageState;
  speaker: Speaker;
  /** Of platforms, by their names. */
  titles: Readonly<Record<string, string>>;
  /** Shows what a change would do, and does it once a person says so. `done` is called after it. */
  change(change: Change, done?: () => void): void;
  /** Nobody is let in any more. */
  locked(): void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('the page has no session');
  return session;
}

/** A screen's answer as it is at the moment. */
export interface Asked<T> {
  answer: Answered<T> | undefined;
  error: string | undefined;
  loading: boolean;
  reload(): void;
}

/** A screen that stands open reads again this often, in ms. */
const EVERY_MS = 15_000;

/**
 * Asks a question, and again whenever it changes.
 *
 * @param again every 15 seconds as well, while the page is in sight
 */
export function useAnswer<N extends ScreenName>(
  name: N,
  query: Record<string, string>,
  again = false,
): Asked<Answer<N>> {
  const { locked } = useSession();
  const [asked, setAsked] = useState<{ key: string; answer?: Answered<Answer<N>>; error?: string }>({
    key: '',
  });
  const [loading, setLoading] = useState(true);
  const key = `${name}?${new URLSearchParams(query).toString()}`;
  const current = useRef(key);
  current.current = key;
  const read = useCallback(
    async (byItself: boolean) => {
      if (!byItself) setLoading(true);
      try {
        const answer = await ask(name, query, byItself);
        if (current.current === key) setAsked({ key, answer });
      } catch (error) {
        if (error instanceof NotAnswered && error.status === 401) locked();
        else if (current.current === key && !byItself)
          setAsked({ key, error: error instanceof Error ? error.message : String(error) });
      } finally {
        if (current.current === key) setLoading(false);
      }
    },
    [key],
  );
  useEffect(() => {
    void read(false);
    if (!again) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void read(true);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [read, again]);
  const fresh = asked.key === key;
  return {
    answer: fresh ? asked.answer : undefined,
    error: fresh ? asked.error : undefined,
    loading,
    reload: () => void read(false),
  };
}

/** What waits for a person, which several parts of the page show; absent until it is known. */
export const WaitingContext = createContext<Answer<'waiting'> | undefined>(undefined);

/** Asks once for all that is in it, and again while the page is in sight. */
export function Waiting({ children }: { children: ComponentChildren }): VNode {
  const { answer } = useAnswer('waiting', {}, true);
  return html`<${WaitingContext.Provider} value=${answer?.data}>${children}<//>`;
}
