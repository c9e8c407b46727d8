import { type CommandSubject, isOrder, kindOfSubject } from '../../domain/command-subject.ts';
import type { EpochMs } from '../../domain/time.ts';
import { ofChosenCall, PlatformError } from '../../http/errors.ts';
import type { StoreContext } from '../../pipeline/store-context.ts';
import { noSlot, patient } from '../../platforms/admission.ts';
import type { CommandTable } from '../../platforms/commands.ts';
import type { ProductNotes } from '../../platforms/product-write.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { type Command, unfinished } from '../../storage/command-item.ts';
import { subjectPk } from '../../storage/command-keys.ts';
import type { CommandLease, CommandLeases } from '../../storage/command-leases.ts';
import type { CommandStore } from '../../storage/commands.ts';
import { readAgain, report } from './aftermath.ts';
import type { Carrier } from './carrier.ts';
import type { CustomerParts } from './customer.ts';
import { expired } from './endings.ts';
import { afterFailedCall, afterFailedLook, heldUntil } from './failures.ts';
import { keep } from './keep.ts';
import { LEASE_MS } from './lease-ms.ts';
import type { ProductParts } from './product.ts';
import { afterLook, answered, calling, isAbandoned, nextOf, takenOver } from './progress.ts';
import { openSubject } from './subject.ts';

/** What runs the commands for the orders, and for customers and products of the merchant's system, of one store. */
export interface Dispatcher
  extends Omit<StoreContext, 'queue' | 'pending'>,
    Omit<CustomerParts, 'customers'>,
    ProductParts {
  readonly table: CommandTable;
  readonly commands: Pick<CommandStore, 'ofOrder' | 'erase'>;
  readonly leases: CommandLeases;
  /** Says once more, later, that there are commands. What it says may be lost. */
  hint(key: CommandSubject, delayMs: number): Promise<void>;
  /** In [0, 1). */
  random: () => number;
}

/** One call of the function that dispatches. */
export interface Run {
  /** Unique per call. */
  readonly id: string;
  /** What is left of its time, in ms. */
  timeLeftMs(): number;
}

/** A look and a call take no longer, with what is written between them, in ms. No work is begun with less left. */
const ROOM_MS = 75_000;
/** Of that, what a call takes at most, in ms. */
const CALL_ROOM_MS = 40_000;
/** Kept for what is written after the last call, in ms. */
const WRITE_ROOM_MS = 4_000;
/** A slot of the platform's limit is waited for this long in the function, in ms; a longer wait costs more than a new message. */
const PATIENCE_MS = 2_000;

/** Runs the commands of one order, or one customer, as far as they go now: in order, one at a time, and only one run at a time. */
export async function dispatchCommands(dispatcher: Dispatcher, key: CommandSubject, run: Run): Promise<void> {
  const { leases } = dispatcher;
  let lease = await leases.take(key, run.id, LEASE_MS);
  let hasBegun = false;
  // Whoever holds it finds what came meanwhile when giving it back.
  while (lease !== undefined) {
    const { dueAt, foundWork, firstOpen } = await runAll(dispatcher, lease, run);
    hasBegun ||= foundWork;
    const released = await leases.release({ ...lease, firstOpen }, dueAt);
    // Whoever made the work wait told of it. A message more from each that comes meanwhile, and there would be more with every one.
    if (released === 'released' && dueAt !== undefined && hasBegun) await hintLater(dispatcher, key, dueAt);
    lease = released === 'released' ? undefined : released;
  }
}

/** When there is work again, and whether there was any. */
interface Ran {
  readonly dueAt: EpochMs | undefined;
  readonly foundWork: boolean;
  /** No command before this number will have any. */
  readonly firstOpen: number;
}

/**
 * On how many customers and products of a store runs of this container work. A system may send thousands at once: each that
 * waited for its slot here would keep the commands of orders from being begun.
 */
const underWay = new WeakMap<Dispatcher['connection'], number>();

/** Who makes a call after the other does not make two a second: one for so much of the limit, in ms between its calls. */
const OF_ONE_MS = 500;

/** Runs what can run. Customers and products for which the limit has no use now come back as where there is no slot. */
async function runAll(dispatcher: Dispatcher, lease: CommandLease, run: Run): Promise<Ran> {
  const { connection } = dispatcher;
  if (isOrder(lease.key)) return runEach(dispatcher, lease, run, advance);
  const count = underWay.get(connection) ?? 0;
  if (count >= Math.max(1, OF_ONE_MS / connection.bucket.limits().intervalMs))
    return runEach(dispatcher, lease, run, giveWay);
  underWay.set(connection, count + 1);
  try {
    return await runEach(dispatcher, lease, run, advance);
  } finally {
    underWay.set(connection, (underWay.get(connection) ?? 1) - 1);
  }
}

const giveWay: typeof advance = async ({ platform, clock, random }, _, read) => {
  const command = isAbandoned(read) ? takenOver(read, clock.now()) : read;
  return afterFailedLook(command, noSlot(platform.name, 'commands'), clock.now(), random);
};

async function runEach(
  dispatcher: Dispatcher,
  lease: CommandLease,
  run: Run,
  step: typeof advance,
): Promise<Ran> {
  const { commands, clock } = dispatcher;
  const notes: ProductNotes = new Map();
  let { firstOpen } = lease;
  for (let foundWork = false; ; foundWork = true) {
    // What a catalogue's products were to be in two months would be read with each step of each of them.
    const known = await commands.ofOrder(lease.key, lease.firstOpen);
    const open = unfinished(known);
    firstOpen = open[0]?.n ?? (known.at(-1)?.n ?? firstOpen - 1) + 1;
    const next = nextOf(open, clock.now());
    if (!('command' in next)) return { dueAt: next.dueAt, foundWork, firstOpen };
    const unended = () => ({ dueAt: clock.now(), foundWork: true, firstOpen });
    if (run.timeLeftMs() < ROOM_MS) return unended();
    const written = await step(dispatcher, lease, next.command, { run, notes });
    // Another run has the order, or no call was begun: it was erased under our hands, or there was no time. Whoever reads it anew goes on.
    if (written === undefined || !(await keep(dispatcher, lease, written))) return unended();
    report(dispatcher, lease.key, written);
  }
}

/** Takes one command a step further. Undefined when nothing more may be done under this lease. */
async function advance(
  dispatcher: Dispatcher,
  lease: CommandLease,
  read: Command,
  { run, notes }: { readonly run: Run; readonly notes: ProductNotes },
): Promise<Command | undefined> {
  const { clock, connection, random } = dispatcher;
  const subject = await openSubject(dispatcher, lease.key, notes);
  const known = subject.bare(read);
  const command = isAbandoned(known) ? takenOver(known, clock.now()) : known;
  if (command.calledAt === undefined && clock.now() >= command.giveUpAt) return expired(command, clock.now());
  const carrier = subject.carrierOf(command, clock.now());
  if ('ended' in carrier) return carrier.ended;
  const permission = await connection.check();
  if (!permission.allowed) return heldUntil(command, permission.retryAt, clock.now(), random);
  return lookAndCall(dispatcher, lease, { command, carrier, run });
}

interface Attempt {
  readonly command: Command;
  readonly carrier: Carrier;
  readonly run: Run;
}

async function lookAndCall(
  dispatcher: Dispatcher,
  lease: CommandLease,
  { command, carrier, run }: Attempt,
): Promise<Command | undefined> {
  const { clock, connection, random } = dispatcher;
  const { api, hasAsked } = clientOf(dispatcher, command, run);
  let next: ReturnType<typeof afterLook>;
  let isProven = false;
  try {
    const look = await carrier.look(api);
    // Of a product that is remembered a look may ask nobody, which proves nothing of the platform.
    isProven = hasAsked();
    if (isProven) await connection.succeeded();
    next = afterLook(command, carrier.traits, look, clock.now());
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    await connection.failed(error, command.correlationId);
    return afterFailedLook(command, error, clock.now(), random);
  }
  if ('written' in next) {
    const { state, already } = next.written;
    // Of customers and products the platform tells by itself.
    if (state === 'done' && already === undefined && isOrder(lease.key))
      await readAgain(dispatcher, api, lease.key, command.correlationId);
    return next.written;
  }
  // The look took long: a call that is cut off leaves nobody knowing. What was read is not kept for the next run.
  if (run.timeLeftMs() < CALL_ROOM_MS) return undefined;
  const begun = calling(command, next, clock.now());
  if (!(await dispatcher.leases.write(lease, begun))) return undefined;
  try {
    await carrier.run(api, next.call);
    if (!isProven && hasAsked()) await connection.succeeded();
    return answered(begun, clock.now());
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const failure = ofChosenCall(error);
    await connection.failed(failure, begun.correlationId);
    return afterFailedCall(begun, failure, clock.now(), random);
  }
}

interface CommandClient {
  readonly api: unknown;
  /** Whether a call was made with it. */
  hasAsked(): boolean;
}

/** A client for one command: its calls come behind fetches that wait, before all else, and end before the function does. */
function clientOf(
  { platform, connection, clock }: Dispatcher,
  { correlationId }: Command,
  run: Run,
): CommandClient {
  let asked = false;
  const admit = patient(platform.name, connection.bucket, {
    priority: 'urgent',
    fresh: true,
    clock,
    mayWait: (ms) => ms <= PATIENCE_MS,
  });
  const api = connection.api({
    correlationId,
    admit: async (...call) => {
      await admit(...call);
      asked = true;
    },
    timeLeftMs: () => Math.max(1, run.timeLeftMs() - WRITE_ROOM_MS),
  });
  return { api, hasAsked: () => asked };
}

async function hintLater(dispatcher: Dispatcher, key: CommandSubject, dueAt: EpochMs): Promise<void> {
  const { clock, log } = dispatcher;
  await dispatcher.hint(key, Math.max(0, dueAt - clock.now())).catch((error: unknown) => {
    log.warn('nobody was told when to go on with commands; the sweep tells it', {
      [kindOfSubject(key)]: subjectPk(key),
      error: describeError(error),
    });
  });
}
