import type { OrderKey, OrderRow } from '../../functions/domain/order-row.ts';
import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import type { Command } from '../../functions/storage/command-item.ts';
import type { RawCopy } from '../../functions/storage/orders.ts';
import type { OperatorContext } from '../context.ts';
import { jsonOf } from '../json.ts';
import { OperatorError } from '../outputs.ts';
import { type CommandView, commandView } from './commands.ts';
import { maskedJson } from './masked.ts';
import { eventsOfOrder } from './order-events.ts';
import { type Step, timelineOf } from './timeline.ts';
import { type Version, versionsOf } from './versions.ts';

/** Everything that is known of an order, without its person. */
export interface WholeOrder {
  row: ReturnType<typeof redactedRow>;
  timeline: Step[];
  commands: CommandView[];
  versions: Version[];
  /** Its changes of which readers were told, of which the timeline may show fewer. */
  eventCount: number;
}

/** The row of an order with what is kept of it; undefined where there is none. */
export async function readOrder(
  context: Pick<OperatorContext, 'storeOf'>,
  key: OrderKey,
): Promise<{ row: OrderRow; copies: RawCopy[]; redacted: ReturnType<typeof redactedRow> } | undefined> {
  const { orders, raws } = context.storeOf(key);
  const [row, copies] = await Promise.all([orders.get(key), raws.list(key)]);
  return row === undefined ? undefined : { row, copies, redacted: redactedRow(row, copies) };
}

/** The way of an order, from the row, the feed, its commands and the endpoints. */
export async function wayOf(
  { webhooks }: Pick<OperatorContext, 'webhooks'>,
  row: OrderRow,
  commands: readonly Command[],
): Promise<Step[]> {
  const { feed, list } = webhooks;
  const [events, endpoints] = await Promise.all([eventsOfOrder(feed, row), list()]);
  return timelineOf({ row, events, endpoints, commands });
}

/** @returns undefined where the order is not in the table */
export async function wholeOrder(
  context: Pick<OperatorContext, 'storeOf' | 'webhooks' | 'commands'>,
  key: OrderKey,
): Promise<WholeOrder | undefined> {
  const [found, commands] = await Promise.all([readOrder(context, key), context.commands.ofOrder(key)]);
  if (found === undefined) return undefined;
  const { row, copies, redacted } = found;
  const [timeline, versions] = await Promise.all([
    wayOf(context, row, commands),
    versionsOf(context, row, copies),
  ]);
  return {
    row: redacted,
    timeline,
    commands: commands.map((command) => commandView({ key, command })).reverse(),
    versions,
    eventCount: row.eventCount ?? 0,
  };
}

/** A text that is longer is cut, in characters. */
const MOST_TEXT = 100_000;

/**
 * Bytes that are kept of an order, as text; masked unless the person is wanted.
 *
 * @throws OperatorError when they are not there any more
 */
export async function keptText(
  context: OperatorContext,
  key: OrderKey,
  { sha256, personal }: { sha256: string; personal: boolean },
): Promise<{ text: string; masked: boolean }> {
  const { orders, raws } = context.storeOf(key);
  const [copies, row] = await Promise.all([raws.list(key), orders.get(key)]);
  const copy = copies.find((one) => one.sha256 === sha256);
  const bytes = copy === undefined ? undefined : await raws.get(key, copy);
  if (bytes === undefined || row === undefined)
    throw new OperatorError('These bytes are not kept any more. "replay --source fresh" asks the platform.');
  const said = Buffer.from(bytes).toString('utf8');
  const json = jsonOf(said);
  const masked = !personal;
  // What is no JSON cannot be masked part by part.
  if (json === undefined) return { text: personal ? said.slice(0, MOST_TEXT) : '', masked };
  const shown = JSON.stringify(masked ? maskedJson(json, row) : json, null, 2);
  return { text: shown.slice(0, MOST_TEXT), masked };
}
