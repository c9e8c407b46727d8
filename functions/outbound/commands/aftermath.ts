import { type CommandSubject, kindOfSubject } from '../../domain/command-subject.ts';
import type { OrderKey } from '../../domain/order-row.ts';
import { bytesToKeep, type OrderWriter, readingOf, upsertOrder } from '../../pipeline/order-writer.ts';
import type { IntakePlatform } from '../../platforms/platform.ts';
import type { Store } from '../../platforms/store.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Command } from '../../storage/command-item.ts';
import { subjectPk } from '../../storage/command-keys.ts';
import { orderPk } from '../../storage/keys.ts';

/** Where what came of a command is told. */
export interface Aftermath extends OrderWriter {
  readonly platform: IntakePlatform;
  readonly store: Store;
}

/**
 * Brings what a command changed into the table, where the platform does not tell of it or tells of it late. Whatever goes
 * wrong here, reconciliation mends: the command had its effect.
 */
export async function readAgain(
  aftermath: Aftermath,
  api: unknown,
  key: OrderKey,
  correlationId: string,
): Promise<void> {
  const { platform, store, clock, log } = aftermath;
  const { order } = platform.resources;
  if (order.truth === 'fetched') return;
  const observedAt = clock.now();
  try {
    const { json, bytes } = await order.get(api, key.platformOrderId);
    const read = order.normalise(json, store);
    await upsertOrder(aftermath, {
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
    log.warn('an order was changed by a command and could not be read again', {
      order: orderPk(key),
      correlationId,
      error: describeError(error),
    });
  }
}

/** Where the state of a command is counted and said. */
export interface Reporting extends Pick<Aftermath, 'metrics' | 'log' | 'clock'> {
  readonly platform: Pick<IntakePlatform, 'name'>;
}

/** Counts a command that was written, and says in the log where it stands. */
export function report(
  { metrics, log, platform, clock }: Reporting,
  key: CommandSubject,
  command: Command,
): void {
  const { state, n, client, id, correlationId, tries, seen } = command;
  const fields = {
    [kindOfSubject(key)]: subjectPk(key),
    n,
    client,
    command: command.command,
    id,
    state,
    tries,
    correlationId,
    ...(seen === false ? { seen } : {}),
  };
  const count = (...names: Parameters<typeof metrics.add>[0][]) => {
    for (const name of names) metrics.add(name, platform.name, 1);
  };
  switch (state) {
    case 'done':
      count('CommandDone');
      if (seen === false) count('CommandUnseen');
      log.info('command done', fields);
      break;
    case 'refused':
      count('CommandRefused');
      log.info('command refused', fields);
      break;
    case 'failed':
    case 'expired':
      count('CommandFailed');
      log.warn('command failed', fields);
      break;
    case 'in_doubt':
      count('CommandInDoubt');
      log.error('command is in doubt', fields);
      break;
    default:
      metrics.add('CommandAgeSeconds', platform.name, (clock.now() - command.acceptedAt) / 1000);
      log.debug('command goes on', fields);
  }
}
