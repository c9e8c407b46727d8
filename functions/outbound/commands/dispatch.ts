import type { CommandName } from '../../domain/command.ts';
import { COMMAND_INPUTS } from '../../domain/command.ts';
import type { OrderKey } from '../../domain/order-row.ts';
import { PlatformError } from '../../http/errors.ts';
import { bytesToKeep, readingOf, upsertOrder } from '../../pipeline/order-writer.ts';
import type { StoreContext } from '../../pipeline/store-context.ts';
import type { CommandTable, CommandTarget, PlatformCommand } from '../../platforms/commands.ts';
import { patient } from '../../platforms/connection.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { type Command, type CommandLease, type CommandStore, unfinished } from '../../storage/commands.ts';
import { orderPk } from '../../storage/keys.ts';
import {
  afterFailedCall,
  afterFailedLook,
  afterLook,
  answered,
  calling,
  ended,
  expired,
  heldUntil,
  nextOf,
} from './progress.ts';

/** What runs the commands for the orders of one store. */
export interface Dispatcher extends Omit<StoreContext, 'queue' | 'pending'> {
  readonly table: CommandTable;
  readonly commands: CommandStore;
  /** Says once more, later, that an order has commands. */
  hint(key: OrderKey, delayMs: number): Promise<void>;
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

/** Longer than the function may run: whoever holds an order's lease is not running any more when it is over. */
export const LEASE_MS = 150_000;
/** A look and a call take no longer, in ms. No work is begun with less left. */
const ROOM_MS = 45_000;
/** A slot of the platform's limit is waited for this long in the function, in ms; a longer wait costs more than a new message. */
const PATIENCE_MS = 2_000;

/** Runs an order's commands as far as they go now: in order, one at a time, and only one run at a time. */
export async function dispatchOrder(dispatcher: Dispatcher, key: OrderKey, run: Run): Promise<void> {
  const { commands, clock } = dispatcher;
  let lease = await commands.lease(key, run.id, LEASE_MS);
  // Whoever holds it finds what came meanwhile when giving it back.
  while (lease !== undefined) {
    const dueAt = await runAll(dispatcher, lease, run);
    if (dueAt === 'lost') return;
    const released = await commands.release(lease, dueAt);
    if (released === 'released') {
      if (dueAt !== undefined) await dispatcher.hint(key, dueAt - clock.now());
      return;
    }
    lease = released;
  }
}

/** Runs what can run. Answers when there is work again, or that the lease is another's. */
async function runAll(
  dispatcher: Dispatcher,
  lease: CommandLease,
  run: Run,
): Promise<number | undefined | 'lost'> {
  const { commands, clock } = dispatcher;
  for (;;) {
    const next = nextOf(unfinished(await commands.ofOrder(lease.key)), clock.now());
    if (!('command' in next)) return next.dueAt;
    if (run.timeLeftMs() < ROOM_MS) return clock.now();
    const written = await advance(dispatcher, lease, next.command);
    if (written === undefined || !(await commands.write(lease, written))) return 'lost';
    report(dispatcher, lease.key, written);
  }
}

/** Takes one command a step further. Undefined when the lease is another's by now. */
async function advance(
  dispatcher: Dispatcher,
  lease: CommandLease,
  command: Command,
): Promise<Command | undefined> {
  const { clock, connection, random } = dispatcher;
  if (command.calledAt === undefined && clock.now() >= command.giveUpAt) return expired(command, clock.now());
  const found = await carrierOf(dispatcher, lease.key, command);
  if ('ended' in found) return found.ended;
  const permission = await connection.check();
  if (!permission.allowed) return heldUntil(command, permission.retryAt, clock.now());
  const { carrier, target, input } = found;
  const api = connection.api({ correlationId: command.correlationId, admit: admission(dispatcher) });
  try {
    const look = await carrier.look(api, target, input);
    await connection.succeeded();
    const next = afterLook(command, carrier.twice(input), look, clock.now());
    if ('written' in next) {
      if (next.written.state === 'done' && next.written.already === undefined)
        await refresh(dispatcher, api, lease.key, command.correlationId);
      return next.written;
    }
    const begun = calling(command, next.step, clock.now());
    if (!(await dispatcher.commands.write(lease, begun))) return undefined;
    return await call(dispatcher, begun, () => carrier.run(api, target, input, next.call));
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    await connection.failed(error, command.correlationId);
    return afterFailedLook(command, error, clock.now(), random);
  }
}

async function call(
  { clock, connection, random }: Dispatcher,
  begun: Command,
  run: () => Promise<void>,
): Promise<Command> {
  try {
    await run();
    return answered(begun, clock.now());
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    await connection.failed(error, begun.correlationId);
    return afterFailedCall(begun, error, clock.now(), random);
  }
}

interface Carrier {
  readonly carrier: PlatformCommand;
  readonly target: CommandTarget;
  readonly input: never;
}

/** What carries a command out, or how it ends because nothing can any more. */
async function carrierOf(
  { table, orders, clock }: Dispatcher,
  key: OrderKey,
  command: Command,
): Promise<Carrier | { ended: Command }> {
  const carrier: CommandTable[CommandName] = table[command.command];
  if ('refused' in carrier)
    return { ended: ended(command, 'refused', clock.now(), { reason: carrier.refused }) };
  const row = await orders.get(key);
  const input = COMMAND_INPUTS[command.command].safeParse(command.input);
  if (row === undefined || !input.success) {
    const reason =
      row === undefined ? 'The order is not in the table any more.' : 'The command cannot be read.';
    return { ended: ended(command, 'failed', clock.now(), { reason }) };
  }
  // Each entry of the table takes the input of its own name, which a lookup by name cannot say.
  return {
    carrier: carrier as PlatformCommand,
    target: { orderId: key.platformOrderId, row, givenAt: command.acceptedAt },
    input: input.data as never,
  };
}

const admission = ({ platform, connection, clock }: Dispatcher) =>
  patient(platform.name, connection.bucket, {
    priority: 'urgent',
    clock,
    mayWait: (ms) => ms <= PATIENCE_MS,
  });

/**
 * Brings what a command changed into the table, where the platform does not tell of it or tells of it late. Whatever goes
 * wrong here, reconciliation mends: the command had its effect.
 */
async function refresh(
  dispatcher: Dispatcher,
  api: unknown,
  key: OrderKey,
  correlationId: string,
): Promise<void> {
  const { platform, store, clock, log } = dispatcher;
  const { order } = platform.resources;
  if (order.truth === 'fetched') return;
  const observedAt = clock.now();
  try {
    const { json, bytes } = await order.get(api, key.platformOrderId);
    const read = order.normalise(json, store);
    await upsertOrder(dispatcher, {
      key,
      observedAt,
      receivedAt: observedAt,
      origin: 'reconcile',
      correlationId,
      reading: readingOf(read),
      bytes: bytesToKeep(read, bytes),
      asked: true,
    });
  } catch (error) {
    log.warn('an order was changed and could not be read again', {
      order: orderPk(key),
      correlationId,
      error: describeError(error),
    });
  }
}

function report({ metrics, log, platform, clock }: Dispatcher, key: OrderKey, command: Command): void {
  const { state, n, client, id, correlationId, tries, seen } = command;
  const fields = {
    order: orderPk(key),
    n,
    client,
    command: command.command,
    id,
    state,
    tries,
    correlationId,
  };
  if (state === 'done') {
    metrics.add('CommandDone', platform.name, 1);
    metrics.add('CommandUnseen', platform.name, seen === false ? 1 : 0);
    log.info('command done', fields);
  } else if (state === 'refused') {
    metrics.add('CommandRefused', platform.name, 1);
    log.info('command refused', fields);
  } else if (state === 'failed' || state === 'expired') {
    metrics.add('CommandFailed', platform.name, 1);
    log.warn('command failed', fields);
  } else if (state === 'in_doubt') {
    metrics.add('CommandInDoubt', platform.name, 1);
    log.error('command is in doubt', fields);
  } else metrics.add('CommandAgeSeconds', platform.name, (clock.now() - command.acceptedAt) / 1000);
}
