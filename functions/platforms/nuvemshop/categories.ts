import type { EpochMs } from '../../domain/time.ts';
import { PlatformError } from '../../http/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { CategoryPlace, Creation, Creations } from '../../storage/creations.ts';
import type { Lease } from '../../storage/runs.ts';
import { FIRST_LOOK_MS, nextLookAt, SETTLED_MS } from '../settling.ts';
import { type CategoryName, createTree, type Tree, textOf } from './category-tree.ts';
import type { Category, CategoryCreation } from './client/images-and-categories.ts';
import { collect, type Page } from './client/requests.ts';

/** A category as somebody wants it: by the platform's id, or by its names from the top down. */
export type WantedCategory = { readonly id: string } | { readonly path: readonly CategoryName[] };

/** What categories of a store are found and made with. */
export interface CategoryMaker {
  readonly api: {
    list(): AsyncIterable<Page<Category>>;
    create(body: CategoryCreation): Promise<Category>;
  };
  readonly made: Creations<CategoryPlace>;
  /** One for each store, so that two products at once make no double. */
  readonly lease: Lease;
  readonly clock: Pick<Clock, 'now'>;
  /** Whoever asks; unique to this call, or two calls of one run would hold the lease together. */
  readonly owner: string;
  /** Longer than the function may run (ms): once the lease is over its holder calls nobody any more. */
  readonly leaseMs: number;
  /** The store's main language, such as `es`: a name that is one text is in it. */
  readonly language?: string | undefined;
}

/** Why one of the wanted categories is not there and was not made. */
export interface RefusedCategory {
  /** Which one of those that were wanted. */
  readonly at: number;
  readonly reason: string;
  /** In the platform's own words. */
  readonly platformSays?: string;
}

export type EnsuredCategories =
  | {
      readonly outcome: 'ready';
      /** Of all that were not refused, in the order in which they were wanted, each once. */
      readonly ids: readonly string[];
      readonly refused: readonly RefusedCategory[];
    }
  /** Somebody else makes categories of the store, or nobody knows yet how a call ended: ask again then. */
  | { readonly outcome: 'wait'; readonly retryAfterMs: number };

/** The most that a store may have (Nuvemshop reference, changelog of January 2025; 5,000 before). */
export const MOST_CATEGORIES = 1000;
/** Another run makes its categories within seconds; one that was cut off holds the lease for longer. */
const BUSY = { outcome: 'wait', retryAfterMs: 10_000 } as const;

/**
 * The ids of the categories that a product is to be in. A path is looked for below its own parents only, and what of it is not
 * there is made, parents first. Changes nothing of a category that is there.
 *
 * Whoever is cut off may ask again: that a call begins is written before it is made, and what nobody saw is not called for
 * again before the tree was read at a time when the call must have had its effect.
 *
 * @throws PlatformError where the platform cannot be asked, or stops all calls; never one of unknown outcome
 */
export async function ensureCategories(
  maker: CategoryMaker,
  wanted: readonly WantedCategory[],
): Promise<EnsuredCategories> {
  const found = await walkAll(maker, wanted, undefined);
  if (found.outcome !== 'missing') return found;
  const { lease, owner, leaseMs, clock } = maker;
  const leaseUntil = clock.now() + leaseMs;
  if (!(await lease.acquire(owner, leaseMs))) return BUSY;
  try {
    // Read anew: who held the lease before may have made what is missing.
    const ensured = await walkAll(maker, wanted, leaseUntil);
    return ensured.outcome === 'missing' ? BUSY : ensured;
  } finally {
    // It ends by itself where it cannot be given back.
    await lease.release(owner).catch(() => undefined);
  }
}

type Walked = EnsuredCategories | { readonly outcome: 'missing' };
type Step =
  | { readonly id: string }
  | { readonly refused: Omit<RefusedCategory, 'at'> }
  | Extract<Walked, { outcome: 'wait' | 'missing' }>;

/** @param leaseUntil when the lease ends; nothing is made without one */
async function walkAll(
  maker: CategoryMaker,
  wanted: readonly WantedCategory[],
  leaseUntil: EpochMs | undefined,
): Promise<Walked> {
  if (wanted.length === 0) return { outcome: 'ready', ids: [], refused: [] };
  const walk: Walk = { maker, tree: await readTree(maker), leaseUntil };
  const ids = new Set<string>();
  const refused: RefusedCategory[] = [];
  for (const [at, one] of wanted.entries()) {
    const step = await ('id' in one ? byId(walk, one.id) : byPath(walk, one.path));
    if ('outcome' in step) return step;
    if ('id' in step) ids.add(step.id);
    else refused.push({ at, ...step.refused });
  }
  return { outcome: 'ready', ids: [...ids], refused };
}

interface Walk {
  readonly maker: CategoryMaker;
  tree: Tree;
  readonly leaseUntil: EpochMs | undefined;
}

const readTree = async ({ api, language }: CategoryMaker): Promise<Tree> =>
  createTree(await collect('categories.list', api.list()), language);

function byId({ tree }: Walk, id: string): Step {
  if (tree.has(id)) return { id };
  return {
    refused: {
      reason: `The store has no category ${id}. Name one that GET /v1/categories lists, or a path of names, which is made.`,
    },
  };
}

async function byPath(walk: Walk, path: readonly CategoryName[]): Promise<Step> {
  const steps = path.map((name) => ({ name, knownBy: textOf(name, walk.maker.language) }));
  if (steps.some(({ knownBy }) => knownBy === undefined)) return NAMELESS;
  let last: Step = NAMELESS;
  for (const [depth, { name, knownBy = '' }] of steps.entries()) {
    const parentId = 'id' in last ? last.id : undefined;
    last = await below(walk, { parentId, name: knownBy }, name, steps.length - depth);
    if (!('id' in last)) return last;
  }
  return last;
}

const NAMELESS: Step = { refused: { reason: 'A path of categories needs a name at each step.' } };

/** One step of a path: the category that we made here, else one of the name, else a new one. */
async function below(walk: Walk, place: CategoryPlace, name: CategoryName, left: number): Promise<Step> {
  const { maker, tree, leaseUntil } = walk;
  const made = await maker.made.of(place);
  if (made !== undefined && 'id' in made && tree.has(made.id)) return { id: made.id };
  const found = tree.find(place.parentId, name);
  if (found !== undefined) return seen(maker, place, found, made);
  const now = maker.clock.now();
  // The tree may lag behind an answer that said so.
  if (made !== undefined && 'id' in made && now < made.at + SETTLED_MS) return { id: made.id };
  if (made !== undefined && 'callUntil' in made) {
    const lookAt = nextLookAt(made.callUntil, now);
    if (lookAt !== undefined) return { outcome: 'wait', retryAfterMs: lookAt - now };
  }
  if (leaseUntil === undefined) return { outcome: 'missing' };
  if (tree.size + left > MOST_CATEGORIES) return { refused: { reason: FULL } };
  return make(walk, place, name, leaseUntil);
}

const FULL = `A store of Nuvemshop has ${MOST_CATEGORIES} categories at most, and this one would have more. Delete some in its panel, or name categories that are there.`;

/** A category that is there. Where a call of ours was cut off it is the one that the call made. */
async function seen(
  { made, clock }: CategoryMaker,
  place: CategoryPlace,
  id: string,
  known: Creation | undefined,
): Promise<Step> {
  if (known !== undefined) await made.keep(place, { id, at: clock.now() });
  return { id };
}

async function make(
  walk: Walk,
  place: CategoryPlace,
  name: CategoryName,
  leaseUntil: EpochMs,
): Promise<Step> {
  const { maker } = walk;
  const { api, made, clock } = maker;
  // Written first. Whoever is cut off behind this line ends with its lease at the latest, and so does its call.
  if (!(await made.begin(place, leaseUntil))) return BUSY;
  try {
    const created = await api.create({ name, parent: place.parentId ?? null });
    await made.keep(place, { id: created.id, at: clock.now() });
    walk.tree.add(created);
    return { id: created.id };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    if (error.outcomeUnknown || error.kind === 'invalid-response') return afterUnknown(walk, place, name);
    await made.forget(place);
    if (error.kind !== 'refused' && error.kind !== 'not-found') throw error;
    return { refused: refusalOf(error) };
  }
}

/** Nobody knows whether it was made: the tree says, now or in a while. */
async function afterUnknown(walk: Walk, place: CategoryPlace, name: CategoryName): Promise<Step> {
  const { maker } = walk;
  const callUntil = maker.clock.now();
  await maker.made.keep(place, { callUntil });
  // A look that fails says nothing.
  walk.tree = await readTree(maker).catch(() => walk.tree);
  const found = walk.tree.find(place.parentId, name);
  if (found === undefined) return { outcome: 'wait', retryAfterMs: FIRST_LOOK_MS };
  return seen(maker, place, found, { callUntil });
}

function refusalOf({ status, detail, said }: PlatformError): Omit<RefusedCategory, 'at'> {
  const answer =
    status === undefined ? 'The category was not sent.' : `Nuvemshop answered ${status} to the new category.`;
  return {
    reason: detail === undefined ? answer : `${answer} ${detail}`,
    ...(said === undefined ? {} : { platformSays: said }),
  };
}
