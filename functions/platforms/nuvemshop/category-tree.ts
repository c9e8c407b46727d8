import type { Category } from './client/images-and-categories.ts';

/** A name in the store's main language, or one for each language. */
export type CategoryName = string | Readonly<Record<string, string>>;

/** The categories of a store. */
export interface Tree {
  readonly size: number;
  has(id: string): boolean;
  /** The category of that name below that parent, or at the top; of several the oldest. */
  find(parentId: string | undefined, name: CategoryName): string | undefined;
  add(category: Category): void;
}

/** @param language the store's main language: where both names have it, it alone is compared */
export function createTree(categories: readonly Category[], language: string | undefined): Tree {
  const byId = new Map(categories.map((one) => [one.id, one]));
  const siblings = (parentId: string | undefined): Category[] =>
    [...byId.values()].filter(({ parent }) => (parent ?? undefined) === parentId).sort(byAge);
  return {
    get size() {
      return byId.size;
    },
    has: (id) => byId.has(id),
    find(parentId, name) {
      const there = siblings(parentId);
      const exact = there.find((one) => isNamed(one, name, language, squeezed));
      // A merchant who writes "shirts" beside "Shirts" means it; one who has only the one wants no double of it.
      return (exact ?? there.find((one) => isNamed(one, name, language, folded)))?.id;
    },
    add: (category) => void byId.set(category.id, category),
  };
}

/** Ids rise. */
const byAge = (one: Category, other: Category): number =>
  one.id.length - other.id.length || (one.id < other.id ? -1 : 1);

const squeezed = (text: string): string => text.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
const folded = (text: string): string => squeezed(text).toLowerCase();

function isNamed(
  { name: shown }: Category,
  wanted: CategoryName,
  language: string | undefined,
  form: (text: string) => string,
): boolean {
  const theirs = textsOf(shown);
  const ours = textsOf(wanted);
  const both = (code: string): boolean => theirs[code] !== undefined && ours[code] !== undefined;
  const same = (one: string | undefined, other: string | undefined): boolean =>
    one !== undefined && other !== undefined && form(one) === form(other);
  if (typeof wanted === 'string')
    return language !== undefined && theirs[language] !== undefined
      ? same(theirs[language], wanted)
      : Object.values(theirs).some((text) => same(text, wanted));
  if (language !== undefined && both(language)) return same(theirs[language], ours[language]);
  return typeof shown === 'string'
    ? Object.values(ours).some((text) => same(shown, text))
    : Object.keys(ours).some((code) => both(code) && same(theirs[code], ours[code]));
}

/** The text that a name is remembered by; undefined where it says nothing. */
export function textOf(name: CategoryName, language: string | undefined): string | undefined {
  const texts = textsOf(name);
  const main = language === undefined ? undefined : texts[language];
  const [first] = Object.entries(texts).sort(([one], [other]) => (one < other ? -1 : 1));
  return foldedOr(main ?? first?.[1]);
}

const foldedOr = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : folded(text);

/** Texts by language that say something; a single text has no language. */
export function textsOf(name: unknown): Record<string, string> {
  const entries = typeof name === 'string' ? [['', name]] : Object.entries(name ?? {});
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].trim() !== '',
    ),
  );
}
