import { locationName, parseLocationName } from '../../functions/domain/item-name.ts';
import { type LocationInput, locationInput } from '../../functions/domain/location.ts';
import type {
  LinkedLocation,
  LocationTarget,
  NotWritten,
  Written,
} from '../../functions/outbound/locations.ts';
import type { Asked } from '../../functions/outbound/pass-through.ts';
import { type Asker, createStorePlaces, type StorePlaces } from '../../functions/outbound/places.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { openConnection } from '../../functions/platforms/connection.ts';
import { describeError } from '../../functions/runtime/describe-error.ts';
import { agree } from '../ask.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { jsonGiven } from '../json.ts';
import { storeNamed } from '../order-name.ts';
import { OperatorError } from '../outputs.ts';
import { columns, type command, print, printDryRun } from '../print.ts';

type Context = Pick<OperatorContext, 'channelOf' | 'accountOf' | 'audited' | 'control' | 'stores'> &
  Parameters<typeof command>[0];
interface Options {
  readonly json: boolean;
}
interface WriteOptions extends Options {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Categories and locations of the merchant's stores, by the operator's own credentials. */
function placesOf(context: Context): StorePlaces {
  const { clock } = context.control;
  return createStorePlaces(async ({ platform: name, storeId }) => {
    const channel = context.channelOf(name);
    const store = channel.stores.find(({ id }) => id === storeId);
    if (store === undefined) return undefined;
    const connection = openConnection(channel.platform, store, context.accountOf(channel));
    return { platform: channel.platform, store, connection, clock, priority: 'urgent' };
  }, context.control);
}

type Failed = Exclude<Asked<unknown> | { readonly outcome: 'none' }, { outcome: 'answered' }>;

/** What became of work that was not ended. */
const doneOf = ({ done = [] }: { readonly done?: readonly string[] }): string =>
  done.length === 0
    ? 'Nothing was done.'
    : `Done before that: ${done.join(', ')}. Give the command again: it does what is left, and nothing twice.`;

/** Prints why there is no answer, and answers the exit code. @throws OperatorError where nothing was called */
function tellFailure(failed: Failed, json: boolean): number {
  switch (failed.outcome) {
    case 'none':
      throw new OperatorError('The platform of this store has none that can be read or written.');
    case 'stopped':
      throw new OperatorError(`${doneOf(failed)} ${failed.reason}`);
    case 'busy':
    case 'unavailable':
      throw new OperatorError(
        `The platform takes no call now. ${doneOf(failed)} Try again in ${Math.ceil(failed.retryAfterMs / 1000)} s.`,
      );
    case 'refused': {
      const said = [failed.status, failed.detail, failed.said].filter((one) => one !== undefined);
      print(json, failed, [`The platform refuses it: ${said.join('. ')}`]);
      return EXIT.refusedByPlatform;
    }
    case 'unknown':
      print(json, failed, [
        'A call was made and its answer is lost. Give the command again: it looks before it calls.',
      ]);
      return EXIT.inDoubt;
  }
}

/** Lists the categories of a store as they are now. */
export async function listCategories(context: Context, name: string, { json }: Options): Promise<number> {
  const store = storeNamed(name, context.stores);
  const asked = await placesOf(context).categories(store, LOOKS);
  if (asked.outcome !== 'answered') return tellFailure(asked, json);
  const items = [...asked.value].sort((one, other) =>
    one.path.join('\n').localeCompare(other.path.join('\n')),
  );
  print(json, { ...store, items }, columns(items.map(({ id, path }) => [id, path.join(' > ')])));
  return EXIT.done;
}

/** Lists the locations of a store as they are now, the one that goes first first. */
export async function listLocations(context: Context, name: string, { json }: Options): Promise<number> {
  const store = storeNamed(name, context.stores);
  const asked = await placesOf(context).locations(store, LOOKS);
  if (asked.outcome !== 'answered') return tellFailure(asked, json);
  print(json, { ...store, items: asked.value }, linesOf(store, asked.value));
  return EXIT.done;
}

const linesOf = (store: KnownStore, locations: readonly LinkedLocation[]): string[] =>
  columns(
    locations.map(({ id, externalId = '', name, priority, isDefault, address }) => [
      `${priority ?? ''}`,
      locationName({ ...store, locationId: id }),
      externalId,
      Object.values(name)[0] ?? '',
      address.city ?? '',
      isDefault ? 'default' : '',
    ]),
  );

/**
 * Makes a location of the merchant's own system what the data say it is to be: finds it, or makes it, once.
 *
 * @returns 1 where the location cannot be so
 */
export const createLocation = (
  context: Context,
  name: string,
  externalId: string,
  options: WriteOptions & { readonly data: string },
): Promise<number> =>
  write(context, storeNamed(name, context.stores), { externalId }, inputOf(options.data), options);

/** Changes a location that there is. */
export function updateLocation(
  context: Context,
  name: string,
  options: WriteOptions & { readonly data: string },
): Promise<number> {
  const { store, target } = targetOf(context, name);
  return write(context, store, target, inputOf(options.data), options);
}

/** Makes a location the default one. */
export function makeDefaultLocation(context: Context, name: string, options: WriteOptions): Promise<number> {
  const { store, target } = targetOf(context, name);
  return write(context, store, target, { default: true }, options);
}

async function write(
  context: Context,
  store: KnownStore,
  target: LocationTarget,
  input: LocationInput,
  options: WriteOptions,
): Promise<number> {
  const { json } = options;
  const put = (asker: Asker) => placesOf(context).putLocation(store, { target, input }, asker);
  const planned = await put({ ...LOOKS, onlyLooks: true });
  if (planned.outcome !== 'answered') return tellFailure(planned, json);
  const plan = planned.value;
  if (plan.outcome !== 'written') return tellNotWritten(plan, json);
  const what = plan.changed.join(', ') || 'nothing, it is as it is wanted';
  if (options.dryRun) return printDryRun(json, { ...store, ...plan }, `Would be changed: ${what}.`);
  if (plan.changed.length === 0) return tellWritten(store, plan, json);
  await agree(
    `This changes ${what} at ${store.platform}:${store.storeId} of merchant ${context.merchant.name}.`,
    options.yes,
  );
  const asked = await underAudit(context, { ...store, changed: what }, put);
  if (asked.outcome !== 'answered') return tellFailure(asked, json);
  return asked.value.outcome === 'written'
    ? tellWritten(store, asked.value, json)
    : tellNotWritten(asked.value, json);
}

/**
 * Has the locations of a store come in this order; the others follow as they are. The first one is the default.
 *
 * @returns 1 where the platform does not show the order that it took
 */
export async function orderLocations(
  context: Context,
  names: readonly string[],
  options: WriteOptions,
): Promise<number> {
  const { json } = options;
  const targets = names.map((name) => targetOf(context, name));
  const [store, ...others] = [
    ...new Map(targets.map(({ store: one }) => [JSON.stringify(one), one])).values(),
  ];
  if (store === undefined || others.length > 0)
    throw new OperatorError('Name locations of one store. Give the command for each store.');
  const order = (asker: Asker) =>
    placesOf(context).orderLocations(
      store,
      targets.map(({ target }) => target),
      asker,
    );
  const planned = await order({ ...LOOKS, onlyLooks: true });
  if (planned.outcome !== 'answered') return tellFailure(planned, json);
  const plan = planned.value;
  if (plan.outcome !== 'ordered')
    return tellUnknown(
      plan.at.map((at) => names[at] ?? ''),
      json,
    );
  if (options.dryRun)
    return printDryRun(
      json,
      { ...store, ...plan },
      'They would come in this order:',
      ...linesOf(store, plan.locations),
    );
  if (plan.changed)
    await agree(
      `This changes where ${store.platform}:${store.storeId} of merchant ${context.merchant.name} sends from.`,
      options.yes,
    );
  const asked = plan.changed ? await underAudit(context, { ...store, changed: 'order' }, order) : planned;
  if (asked.outcome !== 'answered') return tellFailure(asked, json);
  if (asked.value.outcome !== 'ordered') return tellUnknown(names, json);
  const { locations, unconfirmed } = asked.value;
  print(json, { ...store, ...asked.value }, [
    ...linesOf(store, locations),
    ...(unconfirmed ? ['The platform took the order and does not show it. Look again in a minute.'] : []),
  ]);
  return unconfirmed ? EXIT.needsPerson : EXIT.done;
}

const LOOKS = { correlationId: 'ops' } as const;

async function underAudit<A extends { readonly outcome: string }>(
  context: Context,
  about: Readonly<Record<string, string>>,
  work: (asker: Asker) => Promise<A>,
): Promise<A> {
  const answers: A[] = [];
  await context.audited('locations', about, async (correlationId) => {
    const asked = await work({ correlationId });
    answers.push(asked);
    return { outcome: asked.outcome };
  });
  const [asked] = answers;
  if (asked === undefined) throw new OperatorError('Nothing is known of the call.');
  return asked;
}

function targetOf(context: Context, name: string): { store: KnownStore; target: LocationTarget } {
  const key = parseLocationName(name);
  const store = context.stores.find(
    ({ platform, storeId }) => platform === key?.platform && storeId === key.storeId,
  );
  if (key !== undefined && store !== undefined) return { store, target: key };
  throw new OperatorError(
    `"${name}" names no location. Write it as "locations list" shows it (PLATFORM:STORE:location:ID), or by the own system's id (PLATFORM:STORE:erp-location:ID).`,
  );
}

function inputOf(data: string): LocationInput {
  const given = jsonGiven(data);
  try {
    return locationInput().parse(given);
  } catch (error) {
    throw new OperatorError(
      `The data is no location (${describeError(error)}). Write it as --data '{"name": "North", "address": {"street": "...", "number": "...", "city": "...", "zipcode": "...", "province": {"code": "...", "name": "..."}, "region": {"code": "...", "name": "..."}, "country": {"code": "AR", "name": "Argentina"}}}', or as --data @file.`,
    );
  }
}

function tellWritten(store: KnownStore, { location, changed, unconfirmed }: Written, json: boolean): number {
  print(json, { ...store, location, changed, unconfirmed }, [
    changed.length === 0 ? 'It is as it is wanted; nothing was called.' : `Changed: ${changed.join(', ')}.`,
    ...(location === undefined ? [] : linesOf(store, [location])),
    ...(unconfirmed.length === 0
      ? []
      : [`The platform took ${unconfirmed.join(', ')}, and does not show it so. Look again in a minute.`]),
  ]);
  return unconfirmed.length === 0 ? EXIT.done : EXIT.needsPerson;
}

function tellUnknown(names: readonly string[], json: boolean): number {
  print(json, { outcome: 'locations-unknown', names }, [`The store has no location ${names.join(', ')}.`]);
  return EXIT.needsPerson;
}

function tellNotWritten(why: NotWritten, json: boolean): number {
  print(json, why, [whyNot(why)]);
  return why.outcome === 'wait'
    ? EXIT.inDoubt
    : why.outcome === 'plan'
      ? EXIT.refusedByPlatform
      : EXIT.needsPerson;
}

function whyNot(why: NotWritten): string {
  switch (why.outcome) {
    case 'location-unknown':
      return 'The store has no such location. "locations list" shows those that there are. Nothing was changed.';
    case 'invalid':
      return `It cannot be so: ${why.fields.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ')} Nothing was changed.`;
    case 'ambiguous':
      return "Several locations of the store have this name, and none is known as the own system's. Rename one in the panel, or update one by its own id. Nothing was changed.";
    case 'plan':
      return `The store has ${why.locations} locations, and its plan (${why.plan}) takes no more. Change the plan in the panel, or update a location that there is.`;
    case 'wait':
      return `A call that makes it may still be under way. Give the command again in ${Math.ceil(why.retryAfterMs / 1000)} s: no second one is made.`;
  }
}
