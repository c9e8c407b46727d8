import type { Location, LocationInput } from '../domain/location.ts';
import type { EpochMs } from '../domain/time.ts';
import { PlatformError } from '../http/errors.ts';
import type { LocationPart, LocationPort } from '../platforms/places.ts';
import { FIRST_LOOK_MS, nextLookAt, SETTLED_MS } from '../platforms/settling.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LocationLinks } from '../storage/creations.ts';

/** What locations of one store are read and written with. */
export interface LocationWriter {
  readonly port: LocationPort;
  readonly api: unknown;
  readonly links: LocationLinks;
  readonly clock: Pick<Clock, 'now'>;
  /** Whoever writes calls nobody any more after this long (ms). */
  readonly callsForMs: number;
  /** What differs is told, and nothing is written anywhere. */
  readonly onlyLooks?: boolean;
  /** Hears of each part that the platform took, so that nobody says of work that fails later that nothing was done. */
  onDone?(part: DonePart): void;
}

/** What one call brought about. */
export type DonePart = 'created' | 'order' | LocationPart;

/** A location of the platform, or one of the merchant's own system. */
export type LocationTarget = { readonly locationId: string } | { readonly externalId: string };

/** A location with the id that it has in the merchant's own system. */
export interface LinkedLocation extends Location {
  readonly externalId?: string;
}

/** Why a location is not as it is wanted. Nothing was called, but for what the reason says. */
export type NotWritten =
  | { readonly outcome: 'location-unknown' }
  /** JSON pointers into the input. */
  | {
      readonly outcome: 'invalid';
      readonly fields: readonly { readonly pointer: string; readonly detail: string }[];
    }
  | { readonly outcome: 'ambiguous' }
  /** The store's plan takes no more. */
  | { readonly outcome: 'plan'; readonly plan: string; readonly locations: number }
  /** A call may be under way that makes it, or made it: ask again. */
  | { readonly outcome: 'wait'; readonly retryAfterMs: number };

export interface Written {
  readonly outcome: 'written';
  /** As the platform shows it now; absent where it does not show it yet. */
  readonly location?: LinkedLocation;
  /** What was changed by this request; nothing where it was as it is wanted. */
  readonly changed: readonly ('created' | LocationPart)[];
  /** What the platform does not show as it was sent. */
  readonly unconfirmed: readonly LocationPart[];
}

/** The locations of a store, the first one first. @throws PlatformError */
export async function listLocations({
  port,
  api,
  links,
}: Pick<LocationWriter, 'port' | 'api' | 'links'>): Promise<LinkedLocation[]> {
  const [shown, externalIds] = [await port.list(api), await links.all()];
  return [...shown].sort(byPriority).map((location) => {
    const externalId = externalIds.get(location.id);
    return externalId === undefined ? location : { ...location, externalId };
  });
}

const LAST = Number.MAX_SAFE_INTEGER;
const byPriority = (one: Location, other: Location): number =>
  (one.priority ?? LAST) - (other.priority ?? LAST) || (one.id < other.id ? -1 : 1);

/**
 * Makes a location what it is wanted to be: looks, calls only for what differs, and looks again. One of the merchant's own
 * system is found by its link, then by its name, and else made, once.
 *
 * @throws PlatformError
 */
export async function putLocation(
  writer: LocationWriter,
  target: LocationTarget,
  input: LocationInput,
): Promise<Written | NotWritten> {
  const fields = writer.port.refusals(input);
  if (fields.length > 0) return { outcome: 'invalid', fields };
  const lookedAt = writer.clock.now();
  const there = await listLocations(writer);
  const found =
    'locationId' in target
      ? there.find(({ id }) => id === target.locationId)
      : await findOwn(writer, target.externalId, input, there);
  if (found !== undefined && 'outcome' in found) return found;
  if (found !== undefined) return change(writer, found, input, []);
  if ('locationId' in target) return { outcome: 'location-unknown' };
  return create(writer, target.externalId, input, { there, lookedAt });
}

async function findOwn(
  { port, links, clock, onlyLooks }: LocationWriter,
  externalId: string,
  input: LocationInput,
  there: readonly LinkedLocation[],
): Promise<LinkedLocation | NotWritten | undefined> {
  const linked = there.find((one) => one.externalId === externalId);
  if (linked !== undefined) return linked;
  const [found, ...others] = there.filter((one) => one.externalId === undefined && isNamed(port, one, input));
  if (others.length > 0) return { outcome: 'ambiguous' };
  if (found !== undefined) {
    if (onlyLooks !== true) await links.keep(externalId, { id: found.id, at: clock.now() });
    return { ...found, externalId };
  }
  const known = await links.of(externalId);
  if (known === undefined) return undefined;
  const [now, lookAt] = [clock.now(), lookAtOf(known, clock.now())];
  return lookAt === undefined ? undefined : { outcome: 'wait', retryAfterMs: Math.max(1, lookAt - now) };
}

/** When what was made, or may have been, is to be seen at the latest; undefined once it would be seen. */
function lookAtOf(
  known: { readonly callUntil: EpochMs } | { readonly at: EpochMs },
  now: EpochMs,
): EpochMs | undefined {
  if ('callUntil' in known) return nextLookAt(known.callUntil, now);
  return now < known.at + SETTLED_MS ? Math.min(now + FIRST_LOOK_MS, known.at + SETTLED_MS) : undefined;
}

const isNamed = (port: LocationPort, location: Location, { name }: LocationInput): boolean =>
  name !== undefined && port.differences(location, { name }).length === 0;

async function create(
  writer: LocationWriter,
  externalId: string,
  input: LocationInput,
  { there, lookedAt }: { there: readonly LinkedLocation[]; lookedAt: EpochMs },
): Promise<Written | NotWritten> {
  const { port, api, links, clock, callsForMs } = writer;
  const lacking = port.lacks(input);
  if (lacking.length > 0) {
    const detail = 'There is no such location yet, and a new one needs it.';
    return { outcome: 'invalid', fields: lacking.map((pointer) => ({ pointer, detail })) };
  }
  const makes = ['created', ...(input.default === true ? (['default'] as const) : [])] as const;
  if (writer.onlyLooks === true) return { outcome: 'written', changed: makes, unconfirmed: [] };
  if (!(await links.begin(externalId, clock.now() + callsForMs, lookedAt)))
    return { outcome: 'wait', retryAfterMs: FIRST_LOOK_MS };
  let id: string;
  try {
    id = await port.create(api, input);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    if (error.outcomeUnknown || error.kind === 'invalid-response')
      return afterUnknown(writer, externalId, input);
    await links.forget(externalId);
    const plan = await port.planThatRefuses(api, error);
    if (plan === undefined) throw error;
    return { outcome: 'plan', plan, locations: there.length };
  }
  writer.onDone?.('created');
  await links.keep(externalId, { id, at: clock.now() });
  if (input.default === true) await makeDefault(writer, id);
  return look(writer, id, input, makes);
}

/** Nobody knows whether it was made: a look says, now or when the request comes again. */
async function afterUnknown(
  writer: LocationWriter,
  externalId: string,
  input: LocationInput,
): Promise<Written | NotWritten> {
  const { links, clock } = writer;
  await links.keep(externalId, { callUntil: clock.now() });
  const there = await listLocations(writer).catch(() => []);
  const found = await findOwn(writer, externalId, input, there);
  if (found !== undefined && 'outcome' in found) return found;
  return found === undefined
    ? { outcome: 'wait', retryAfterMs: FIRST_LOOK_MS }
    : change(writer, found, input, ['created']);
}

/** What differs is sent, and nothing else. */
async function change(
  writer: LocationWriter,
  location: LinkedLocation,
  input: LocationInput,
  before: readonly 'created'[],
): Promise<Written> {
  const { port, api } = writer;
  const parts = port.differences(location, input);
  const changed = [...before, ...parts];
  if (parts.length === 0 || writer.onlyLooks === true)
    return { outcome: 'written', location, changed, unconfirmed: [] };
  const fields = parts.filter((part) => part !== 'default');
  if (fields.length > 0) await port.update(api, location, input);
  for (const part of fields) writer.onDone?.(part);
  if (parts.includes('default')) await makeDefault(writer, location.id);
  return look(writer, location.id, input, changed);
}

async function makeDefault({ port, api, onDone }: LocationWriter, id: string): Promise<void> {
  await port.makeDefault(api, id);
  onDone?.('default');
}

async function look(
  writer: LocationWriter,
  id: string,
  input: LocationInput,
  changed: Written['changed'],
): Promise<Written> {
  const location = (await listLocations(writer)).find((one) => one.id === id);
  if (location === undefined) return { outcome: 'written', changed, unconfirmed: partsOf(input) };
  return { outcome: 'written', location, changed, unconfirmed: writer.port.differences(location, input) };
}

const partsOf = (input: LocationInput): LocationPart[] =>
  (['name', 'address', 'default'] as const).filter((part) => input[part] !== undefined);

/** The order in which a store's locations come, after it was made the wanted one. */
export type Ordered =
  | {
      readonly outcome: 'ordered';
      readonly locations: readonly LinkedLocation[];
      readonly changed: boolean;
      /** The platform does not show the order that it was told. */
      readonly unconfirmed: boolean;
    }
  /** Which of those that were named there are not. */
  | { readonly outcome: 'locations-unknown'; readonly at: readonly number[] };

/**
 * Has those that are named come first, in that order; the others keep theirs behind them. The first one is the default.
 *
 * @throws PlatformError
 */
export async function orderLocations(
  writer: Omit<LocationWriter, 'clock' | 'callsForMs'>,
  named: readonly LocationTarget[],
): Promise<Ordered> {
  const there = await listLocations(writer);
  const first = named.map((target) => there.find((one) => isMeant(one, target)));
  const at = first.flatMap((one, index) => (one === undefined ? [index] : []));
  if (at.length > 0) return { outcome: 'locations-unknown', at };
  const front = new Set(first.filter((one) => one !== undefined));
  const wanted = [...front, ...there.filter((one) => !front.has(one))].map(({ id }) => id);
  if (isOrdered(there, wanted))
    return { outcome: 'ordered', locations: there, changed: false, unconfirmed: false };
  if (writer.onlyLooks === true)
    return { outcome: 'ordered', locations: inOrder(there, wanted), changed: true, unconfirmed: false };
  await writer.port.setPriorities(
    writer.api,
    wanted.map((id, priority) => ({ id, priority })),
  );
  writer.onDone?.('order');
  const locations = await listLocations(writer);
  return { outcome: 'ordered', locations, changed: true, unconfirmed: !isOrdered(locations, wanted) };
}

const inOrder = (there: readonly LinkedLocation[], wanted: readonly string[]): LinkedLocation[] =>
  wanted.flatMap((id) => there.find((one) => one.id === id) ?? []);

const isMeant = ({ id, externalId }: LinkedLocation, target: LocationTarget): boolean =>
  'locationId' in target ? id === target.locationId : externalId === target.externalId;

/** Each has a priority of its own, and the first one is the default. */
const isOrdered = (there: readonly Location[], wanted: readonly string[]): boolean =>
  there[0]?.isDefault !== false &&
  there.every(
    ({ id, priority }, index) =>
      id === wanted[index] && (priority ?? LAST) > (there[index - 1]?.priority ?? -1),
  );
