import type { Location, LocationAddress, LocationInput } from '../../domain/location.ts';
import type { CategoryEntry, Places } from '../places.ts';
import { omitUndefined } from '../reading/tolerant-reader.ts';
import { textsOf } from './category-tree.ts';
import type { Category } from './client/images-and-categories.ts';
import type { LocationBody, Location as Shown } from './client/locations.ts';
import { collect } from './client/requests.ts';
import type { NuvemshopClient } from './client.ts';

/** The locales that a location's name has, by their languages; there are no others (Nuvemshop reference, location page). */
const LOCALES = { es: 'es_AR', pt: 'pt_BR', en: 'en_US' } as const;
type Locale = (typeof LOCALES)[keyof typeof LOCALES];

/** What a new location's address needs (Nuvemshop reference, location page). */
const NEEDED = ['street', 'city', 'zipcode', 'province', 'region', 'country'] as const;
/** A tree is not deeper; one that is hangs together in a circle. */
const DEEPEST = 50;

/** Categories and locations, as a store of Nuvemshop has them. */
export const places: Places<NuvemshopClient> = {
  async categories({ categories, catalogue }) {
    const all = await collect('categories.list', categories.list());
    return flat(all, await catalogue.mainLanguage());
  },
  locations: {
    list: async ({ locations }) => (await locations.list()).map(shownLocation),
    refusals({ name }) {
      if (name === undefined || typeof name === 'string') return [];
      return Object.keys(name)
        .filter((language) => localeOf(language) === undefined)
        .map((language) => ({
          pointer: `/name/${language}`,
          detail: 'Nuvemshop has names of locations in es_AR, pt_BR and en_US only.',
        }));
    },
    lacks: ({ name, address = {} }) => [
      ...(name === undefined ? ['/name'] : []),
      ...NEEDED.filter((field) => address[field] === undefined).map((field) => `/address/${field}`),
    ],
    differences: (location, input) => [
      ...(sameName(location.name, input) ? [] : ['name' as const]),
      ...(sameAddress(location.address, input.address ?? {}) ? [] : ['address' as const]),
      ...(input.default === true && !location.isDefault ? ['default' as const] : []),
    ],
    async create({ locations }, input) {
      return (await locations.create(bodyOf(input))).id;
    },
    async update({ locations }, shown, input) {
      await locations.update(
        shown.id,
        bodyOf({
          name: { ...shown.name, ...namesOf(input) },
          address: { ...shown.address, ...input.address },
        }),
      );
    },
    setPriorities: ({ locations }, order) => locations.setPriorities([...order]),
    makeDefault: ({ locations }, id) => locations.makeDefault(id),
    async planThatRefuses({ store }, { kind, said = '' }) {
      if (kind !== 'refused' || !/\bplan(o|es|s)?\b/i.test(said)) return undefined;
      return (await store.get()).plan_name ?? 'of the store';
    },
  },
};

function flat(all: readonly Category[], language: string | undefined): CategoryEntry[] {
  const byId = new Map(all.map((one) => [one.id, one]));
  const titleOf = ({ id, name }: Category): string => {
    const texts = textsOf(name);
    return (language === undefined ? undefined : texts[language]) ?? Object.values(texts)[0] ?? id;
  };
  const pathOf = (one: Category): string[] => {
    const path: string[] = [];
    let at: Category | undefined = one;
    while (at !== undefined && path.length < DEEPEST) {
      path.unshift(titleOf(at));
      at = byId.get(at.parent ?? '');
    }
    return path;
  };
  return all.map((one) => ({
    id: one.id,
    ...(one.parent === null || one.parent === undefined ? {} : { parentId: one.parent }),
    name: textsOf(one.name),
    path: pathOf(one),
  }));
}

function localeOf(language: string): Locale | undefined {
  const form = language.replace('-', '_');
  return Object.entries(LOCALES).find(([short, locale]) => form === short || form === locale)?.[1];
}

function namesOf({ name }: LocationInput): Partial<Record<Locale, string>> {
  if (name === undefined) return {};
  const said =
    typeof name === 'string' ? Object.values(LOCALES).map((one) => [one, name]) : Object.entries(name);
  return Object.fromEntries(said.map(([language = '', text]) => [localeOf(language) ?? language, text]));
}

function sameName(shown: Location['name'], input: LocationInput): boolean {
  const texts = Object.values(shown);
  // One text is meant for every language that the platform shows.
  if (typeof input.name === 'string')
    return texts.length > 0 && texts.every((text) => text.trim() === input.name);
  return Object.entries(namesOf(input)).every(([locale, text]) => shown[locale]?.trim() === text);
}

const sameAddress = (shown: LocationAddress, wanted: LocationAddress): boolean =>
  Object.entries(wanted).every(([field, value]) => {
    const there: unknown = Reflect.get(shown, field);
    return value === undefined || JSON.stringify(there) === JSON.stringify(value);
  });

function shownLocation({ id, name, address, priority, is_default: isDefault }: Shown): Location {
  const { between_streets: betweenStreets, ...rest } = address ?? {};
  return {
    id,
    name: textsOf(name),
    address: omitUndefined<LocationAddress>({ ...rest, betweenStreets }),
    ...(priority === null || priority === undefined ? {} : { priority }),
    // Priority 0 is the default one's.
    isDefault: isDefault ?? priority === 0,
  };
}

const UNNAMED = { code: '', name: '' };

/**
 * The body of a change is whole, and a location that is there may lack what a new one needs: that stays empty. A region is
 * left out, as what nobody said.
 */
function bodyOf(input: LocationInput): LocationBody {
  const { betweenStreets, street = '', city = '', zipcode = '', ...rest } = input.address ?? {};
  const { province = UNNAMED, country = UNNAMED, ...more } = rest;
  return {
    name: namesOf(input),
    address: {
      ...omitUndefined({ ...more, between_streets: betweenStreets }),
      ...{ street, city, zipcode, province, country },
    },
  };
}
