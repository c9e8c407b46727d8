import type { Assumption } from '../../product-write.ts';
import type { Answer, Call, Caller } from '../client/call.ts';
import { createCategories, createImages } from '../client/images-and-categories.ts';
import { createProducts } from '../client/products.ts';
import { createRequests } from '../client/requests.ts';
import { createCustomFields, createVariants } from '../client/variants.ts';
import type { NuvemshopClient } from '../client.ts';
import { whatFor } from './what-for.ts';

type Json = Record<string, unknown>;

/** Ids of what would be made: the platform's are far smaller. */
const FIRST_ASSUMED_ID = 9_000_000_000_000_000;
const ASSUMED_ID = /\b9\d{15}\b/g;

/** Lists of the whole store, which each product of a dry run would else read again. */
const SHARED = new Set(['categories.list', 'customFields.list']);

/** See `ProductWrite.assuming`. Each write is answered with what was sent, and with ids where something would be made. */
export function assumingClient(api: NuvemshopClient, assumption: Assumption): NuvemshopClient {
  const { clock, note, shared } = assumption;
  /** Products as they were read, by id. */
  const read = new Map<string, Json>();

  async function readOnce(call: Call): Promise<Answer> {
    const name = `${call.operation} ${JSON.stringify(call.query ?? {})}`;
    const known = shared.get(name);
    if (known !== undefined) return known as Answer;
    const answer = await api.through(call);
    if (SHARED.has(call.operation)) shared.set(name, answer);
    const product = objectIn(answer.json);
    if (call.path.startsWith('/products/') && product.variants !== undefined)
      read.set(String(product.id), product);
    return answer;
  }

  /** The product that a call changes. The answer to a change shows all of it, so it is read where nobody did. */
  async function productOf({ operation, path }: Call): Promise<Json | undefined> {
    const id = path.split('/')[2] ?? '';
    if (operation === 'products.update' && !read.has(id))
      await readOnce({ operation: 'products.get', method: 'GET', path });
    return read.get(id);
  }

  const caller: Caller = async (call) => {
    if (call.method === 'GET') return readOnce(call);
    const before = await productOf(call);
    note({
      method: call.method,
      path: call.path.replaceAll(ASSUMED_ID, '{new}'),
      what: whatFor(call, before),
    });
    if (call.operation === 'customFields.update') return answered(definitionChanged(shared, call));
    const answer = answered(assumedAnswer(call, before, () => nextId(shared)));
    if (call.operation === 'customFields.create')
      changeFields(shared, (page, isFirst) => (isFirst ? [...page, objectIn(answer.json)] : page));
    return answer;
  };
  const requests = createRequests(caller);
  return {
    ...api,
    through: caller,
    products: createProducts(requests, clock),
    variants: createVariants(requests, clock),
    images: createImages(requests),
    categories: createCategories(requests),
    customFields: createCustomFields(requests, clock),
  };
}

function nextId(shared: Map<string, unknown>): number {
  const id = Number(shared.get('id') ?? FIRST_ASSUMED_ID) + 1;
  shared.set('id', id);
  return id;
}

/** The pages of the list, the first one first: a `Map` keeps the order in which they were read. */
const FIELDS = 'customFields.list ';

/** Has the next product of the dry run find what this one would make. */
function changeFields(
  shared: Map<string, unknown>,
  change: (page: readonly Json[], isFirst: boolean) => readonly Json[],
): void {
  const pages = [...shared.keys()].filter((name) => name.startsWith(FIELDS));
  for (const [index, name] of pages.entries()) {
    const known = shared.get(name) as Answer;
    shared.set(name, { ...known, json: change(arrayIn(known.json).map(objectIn), index === 0) });
  }
}

function definitionChanged(shared: Map<string, unknown>, { path, body }: Call): Json | undefined {
  const id = path.split('/').at(-1);
  let changed: Json | undefined;
  changeFields(shared, (page) =>
    page.map((one) => {
      if (String(one.id) !== id) return one;
      changed = { ...one, ...objectIn(body) };
      return changed;
    }),
  );
  return changed;
}

function assumedAnswer({ operation, body }: Call, before: Json | undefined, newId: () => number): unknown {
  const sent = objectIn(body);
  const made = (list: unknown) => arrayIn(list).map((one) => ({ ...objectIn(one), id: newId() }));
  switch (operation) {
    case 'products.create': {
      const [variants, images] = [made(sent.variants), made(sent.images)];
      return { ...sent, ...shownCategories(sent), id: newId(), variants, images };
    }
    case 'products.update':
      return { id: newId(), ...before, ...sent, ...shownCategories(sent) };
    case 'variants.updateMany':
      return body;
    case 'images.add':
      return { id: newId(), src: typeof sent.src === 'string' ? sent.src : null };
    default:
      return { ...sent, id: newId() };
  }
}

/** They are sent as ids, and shown as objects. */
const shownCategories = ({ categories }: Json): Json =>
  categories === undefined ? {} : { categories: arrayIn(categories).map((id) => ({ id })) };

const answered = (json: unknown): Answer => ({
  status: 200,
  headers: { get: () => null },
  json,
  bytes: new Uint8Array(),
});

const objectIn = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
const arrayIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
