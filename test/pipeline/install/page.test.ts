import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LANGUAGES,
  OUTCOMES,
  type OutcomeKind,
  TEXTS,
} from '../../../functions/pipeline/install/outcomes.ts';
import { languageOf, PAGE_HEADERS, page } from '../../../functions/pipeline/install/page.ts';
import { platforms } from '../../../functions/platforms/registry.ts';

const KINDS = Object.keys(OUTCOMES) as OutcomeKind[];
const values = {
  id: 'visit-1',
  store: '5665778',
  other: '999',
  platform: 'Bazaar',
  minutes: '5',
  start: '/oauth/bazaar/start?key=one&more',
};

describe.each(KINDS)('the page "%s"', (kind) => {
  it.each(LANGUAGES)('says in %s what happened, what to do next, and the id to search for', (language) => {
    const html = page(kind, language, values);

    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain('<code>visit-1</code>');
    expect(html).not.toMatch(/\{\w+\}/);
    for (const { name } of platforms()) expect(html.toLowerCase()).not.toContain(name);
    for (const text of Object.values(TEXTS[kind][language])) expect(text).toMatch(/\S{2,}/);
    expect(html.includes('href="/oauth/bazaar/start?key=one&amp;more"')).toBe(kind !== 'installed');
  });

  it('has no way to begin again for whoever has not got the link', () => {
    const { start: _, ...stranger } = values;

    expect(page(kind, 'en', stranger)).not.toContain('href=');
  });

  it('never lets a value become markup', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (id, store, other) => {
        const tags = (html: string) => html.match(/<[^>]*>/g);
        const marked = (text: string) => `<script>"'&${text}</script>`;
        const html = page(kind, 'en', {
          ...values,
          id: marked(id),
          store: marked(store),
          other: marked(other),
        });
        expect(tags(html)).toEqual(tags(page(kind, 'en', values)));
      }),
      { numRuns: 50 },
    );
  });
});

it('runs and loads nothing, and tells nobody its address', () => {
  expect(PAGE_HEADERS['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]{44}';/,
  );
  expect(PAGE_HEADERS['referrer-policy']).toBe('no-referrer');
});

it.each([
  ['pt-BR,pt;q=0.9,en;q=0.8', 'pt'],
  ['fr-FR, en;q=0.3, es-AR;q=0.7', 'es'],
  ['de', 'es'],
  ['en;q=0, pt;q=0.1', 'pt'],
  ['', 'es'],
  [undefined, 'es'],
] as const)('speaks for "%s" %s', (accepted, language) => {
  expect(languageOf(accepted)).toBe(language);
});

it('understands any header', () => {
  fc.assert(fc.property(fc.string(), (header) => LANGUAGES.includes(languageOf(header))));
});
