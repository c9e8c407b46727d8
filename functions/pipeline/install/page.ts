import { createHash } from 'node:crypto';
import { AGAIN, ID_LABEL, LANGUAGES, type Language, type OutcomeKind, TEXTS } from './outcomes.ts';

const STYLE =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:4rem auto;padding:0 1rem}' +
  'code{background:#eee;padding:.1rem .3rem}a{display:inline-block;margin-top:1rem}';

/** Nothing on the page loads or runs anything, and nobody learns its address, which has a code in it. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
} as const;

/** What a page names. Nothing of it comes out of the address. */
export interface PageValues {
  /** Finds the visit in the logs. */
  id: string;
  store: string;
  other: string;
  /** The platform's title. */
  platform: string;
  minutes: string;
  /** Where an installation begins again, for whoever proved to have the link. */
  start?: string;
}

type Placeholder = 'store' | 'other' | 'platform' | 'minutes';
const PLACEHOLDER = /\{(store|other|platform|minutes)\}/g;

/**
 * The page a merchant sees at the end, in the first language of `acceptLanguage` that we have. Each text says what
 * happened and what to do next.
 */
export function page(kind: OutcomeKind, acceptLanguage: string | undefined, values: PageValues): string {
  const language = languageOf(acceptLanguage);
  const text = TEXTS[kind][language];
  const fill = (template: string) =>
    escapeHtml(template.replaceAll(PLACEHOLDER, (_, name: Placeholder) => values[name]));
  const again =
    values.start === undefined || kind === 'installed'
      ? ''
      : `<p><a href="${escapeHtml(values.start)}">${escapeHtml(AGAIN[language])}</a></p>`;
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">' +
    `<title>${fill(text.title)}</title><style>${STYLE}</style></head><body>` +
    `<h1>${fill(text.title)}</h1><p>${fill(text.what)}</p><p>${fill(text.next)}</p>${again}` +
    `<p>${escapeHtml(ID_LABEL[language])} <code>${escapeHtml(values.id)}</code></p></body></html>`
  );
}

/** The first of the browser's languages that we have; Spanish when it wants none of them. */
export function languageOf(acceptLanguage = ''): Language {
  const wanted = acceptLanguage
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const quality = parameters.map((one) => /^\s*q=([\d.]+)/.exec(one)?.[1]).find((q) => q !== undefined);
      return { tag: tag.slice(0, 2), quality: quality === undefined ? 1 : Number(quality) };
    })
    .sort((one, other) => other.quality - one.quality);
  const found = wanted.find(({ tag, quality }) => quality > 0 && LANGUAGES.some((one) => one === tag));
  return LANGUAGES.find((one) => one === found?.tag) ?? 'es';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
