import { en } from './en.ts';
import { enWords } from './en-words.ts';
import { es } from './es.ts';
import { esWords } from './es-words.ts';
import { pt } from './pt.ts';
import { ptWords } from './pt-words.ts';
import type { TextName, Texts } from './texts.ts';

export const LANGUAGES = ['es', 'pt', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const TEXTS: Readonly<Record<Language, { texts: Texts; words: Readonly<Record<string, string>> }>> = {
  es: { texts: es, words: esWords },
  pt: { texts: pt, words: ptWords },
  en: { texts: en, words: enWords },
};

/** Says what the page says in one language. */
export interface Speaker {
  readonly language: Language;
  /** A text, with its gaps filled in. */
  say(name: TextName, gaps?: Readonly<Record<string, string | number>>): string;
  /** A word of a closed list; one that nobody translated as it is. */
  word(word: string): string;
  /** How long ago a time was, or in how long it will be. */
  ago(iso: string, nowMs: number): string;
  /** Day and time, to the second. */
  time(iso: string): string;
}

export const languageOf = (tag: string): Language => {
  const [begin] = tag.toLowerCase().split('-');
  return LANGUAGES.find((one) => one === begin) ?? 'en';
};

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** @param timeZone IANA name; that of the browser when absent */
export function speakerOf(language: Language, timeZone?: string): Speaker {
  const { texts, words } = TEXTS[language];
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const absolute = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hour12: false,
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  return {
    language,
    say: (name, gaps = {}) =>
      texts[name].replace(/\{(\w+)\}/g, (gap, key: string) => String(gaps[key] ?? gap)),
    word: (word) => words[word] ?? word,
    ago(iso, nowMs) {
      const seconds = Math.round((Date.parse(iso) - nowMs) / 1000);
      const [unit, size] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? ['second', 1];
      return relative.format(Math.trunc(seconds / size), unit);
    },
    time: (iso) => absolute.format(new Date(iso)),
  };
}
