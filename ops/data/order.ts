import type { OrderKey, OrderRow } from '../../functions/domain/order-row.ts';
import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
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
  context: OperatorContext,
  key: OrderKey,
): Promise<{ row: OrderRow; redacted: ReturnType<typeof redactedRow> } | undefined> {
  const { orders, raws } = context.storeOf(key);
  const row = await orders.get(key);
  return row === undefined ? undefined : { row, redacted: redactedRow(row, await raws.list(key)) };
}

/** The way of an order, from the row, the feed, its commands and the endpoints. */
export async function wayOf(context: OperatorContext, row: OrderRow): Promise<Step[]> {
  const { webhooks, commands } = context;
  const [events, endpoints, given] = await Promise.all([
    eventsOfOrder(webhooks.feed, row),
    webhooks.list(),
    commands.ofOrder(row),
  ]);
  return timelineOf({ row, events, endpoints, commands: given });
}

/** @returns undefined where the order is not in the table */
export async function wholeOrder(context: OperatorContext, key: OrderKey): Promise<WholeOrder | undefined> {
  const found = await readOrder(context, key);
  if (found === undefined) return undefined;
  const { row, redacted } = found;
  const [timeline, commands, versions] = await Promise.all([
    wayOf(context, row),
    context.commands.ofOrder(key),
    versionsOf(context, key, row.raw?.sha256),
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
  const copy = (await raws.list(key)).find((one) => one.sha256 === sha256);
  const bytes = copy === undefined ? undefined : await raws.get(key, copy);
  const row = await orders.get(key);
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
