import type { PlatformName } from '../../functions/domain/order.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { Retried, SetAside } from '../../functions/storage/runs.ts';
import type { OperatorContext } from '../context.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print, printDryRun } from '../print.ts';

interface Shared {
  platform?: PlatformName;
  json: boolean;
}

/** The outboxes of the stores that are polled; others have none. */
function outboxesOf(context: OperatorContext, { platform }: Shared) {
  const stores = context.polledStores.filter(
    (store) => platform === undefined || store.platform === platform,
  );
  if (stores.length === 0)
    throw new OperatorError(
      `Only platforms that are polled have an outbox; ${platform ?? 'none here'} is not.`,
    );
  return stores.map((store) => ({ store, ...context.outboxOf(store) }));
}

/**
 * Lists the messages that were set aside, without their payloads, and how many wait for the next poll. Answers 1 when a
 * person is needed, for scripts.
 */
export async function listOutbox(context: OperatorContext, command: Shared): Promise<number> {
  const stores = [];
  for (const { store, outbox } of outboxesOf(context, command))
    stores.push({ ...store, waiting: await outbox.countWaiting(), setAside: await outbox.listAside() });
  const lines = stores.flatMap(({ platform, storeId, waiting, setAside }) => [
    `${platform} ${storeId}: ${waiting} wait for the next poll, ${setAside.length} are set aside`,
    ...columns(
      setAside.map(({ id, setAsideAt, keptUntil, bytes, reason }) => [
        `  ${id}`,
        setAsideAt,
        `until ${keptUntil}`,
        `${bytes} bytes`,
        reason,
      ]),
    ),
  ]);
  print(command.json, { stores }, lines);
  return stores.some(({ setAside }) => setAside.length > 0) ? 1 : 0;
}

/** Those of the ids under which nothing is set aside: mistyped, or sent or deleted by somebody else. */
async function unknownOf(
  context: OperatorContext,
  ids: readonly string[],
  command: Shared,
): Promise<string[]> {
  if (ids.length === 0) return [];
  const aside = await Promise.all(outboxesOf(context, command).map(({ outbox }) => outbox.listAside()));
  const known = new Set(aside.flat().map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

const unknownLines = (unknown: readonly string[]): string[] =>
  unknown.map((id) => `${id} is not set aside. "outbox list" shows what is.`);

/**
 * Sends what was set aside to the intake queue once more: all of it, or what is named. What is refused again stays. Answers 1
 * for that, and for an id that is not found.
 */
export async function retryOutbox(
  context: OperatorContext,
  ids: readonly string[],
  command: Shared & { dryRun: boolean },
): Promise<number> {
  if (command.dryRun) return planOutbox(context, ids, command, 'sent once more');
  const unknown = await unknownOf(context, ids, command);
  const messages: (KnownStore & Retried)[] = [];
  for (const { store, outbox, queue } of outboxesOf(context, command)) {
    await context.audited('outbox retry', { ...store }, async () => {
      const retried = await outbox.retry(queue, ids.length > 0 ? ids : undefined);
      messages.push(...retried.map((one) => ({ ...store, ...one })));
      return {
        sent: retried.filter(({ sent }) => sent).length,
        refused: retried.filter(({ sent }) => !sent).length,
      };
    });
  }
  const lines = messages.map(({ id, sent, problem = '' }) => `${id}: ${sent ? 'sent' : `stays, ${problem}`}`);
  lines.push(...unknownLines(unknown));
  print(command.json, { messages, unknown }, lines.length > 0 ? lines : ['Nothing is set aside.']);
  return unknown.length > 0 || messages.some(({ sent }) => !sent) ? 1 : 0;
}

/** Says what a change of the outbox would be about: all that is set aside, or what is named. */
async function planOutbox(
  context: OperatorContext,
  ids: readonly string[],
  command: Shared,
  change: string,
): Promise<number> {
  const messages: (KnownStore & SetAside)[] = [];
  for (const { store, outbox } of outboxesOf(context, command))
    for (const one of await outbox.listAside())
      if (ids.length === 0 || ids.includes(one.id)) messages.push({ ...store, ...one });
  const unknown = ids.filter((id) => !messages.some((one) => one.id === id));
  return printDryRun(
    command.json,
    { messages, unknown },
    `${messages.length} messages would be ${change}.`,
    ...columns(
      messages.map(({ id, platform, storeId, setAsideAt, reason }) => [
        `  ${id}`,
        `${platform}:${storeId}`,
        setAsideAt,
        reason,
      ]),
    ),
    ...unknown.map((id) => `  ${id} is not set aside: nothing would be done about it`),
  );
}

/**
 * Deletes for good what was set aside. Answers 1 for an id that is not found.
 *
 * @throws OperatorError without `--yes`.
 */
export async function deleteFromOutbox(
  context: OperatorContext,
  ids: readonly string[],
  command: Shared & { yes: boolean; dryRun: boolean },
): Promise<number> {
  if (command.dryRun) return planOutbox(context, ids, command, 'deleted for good');
  if (!command.yes) {
    throw new OperatorError(
      'This deletes orders for good that the platform does not hand out again by itself. Send them with "outbox retry", ' +
        'or add --yes.',
    );
  }
  const unknown = await unknownOf(context, ids, command);
  let deleted = 0;
  for (const { store, outbox } of outboxesOf(context, command)) {
    const done = await context.audited('outbox delete', { ...store }, async () => ({
      deleted: await outbox.discard(ids),
    }));
    deleted += done.deleted;
  }
  print(command.json, { deleted, unknown }, [`${deleted} deleted`, ...unknownLines(unknown)]);
  return unknown.length > 0 ? 1 : 0;
}
