import { isoTime } from '../../functions/domain/time.ts';
import type { Found } from '../../functions/storage/command-item.ts';
import type { OperatorContext } from '../context.ts';
import { commandsNow } from '../data/commands.ts';
import { countStockInReview, countsStock } from '../data/stock.ts';
import { claimsLate } from '../data/unclaimed.ts';
import { type Finding, green } from './finding.ts';

/** Commands that failed within so many days are worth a look. */
const FAILED_DAYS = 1;

/** Commands that wait for a person, or for longer than they should. */
export async function commandFindings(context: OperatorContext): Promise<Finding[]> {
  if (context.commandPlatforms.length === 0) return [];
  const found = await commandsNow(context, { days: FAILED_DAYS });
  const lateMs = context.merchant.erp.commandsLateMinutes * 60_000;
  return judgedCommands(found, { now: context.control.clock.now(), lateMs });
}

/** @param bounds `lateMs`: a command may be under way for so long (ms) without anybody being told */
export function judgedCommands(
  found: readonly Found[],
  { now, lateMs }: { now: number; lateMs: number },
): Finding[] {
  const what = 'commands';
  const command = 'commands list';
  const findings: Finding[] = [];
  const of = (...states: Found['command']['state'][]) =>
    found.filter((one) => states.includes(one.command.state));
  const inDoubt = of('in_doubt').length;
  if (inDoubt > 0)
    findings.push({
      level: 'red',
      what,
      why: `of ${inDoubt} nobody knows whether they happened`,
      command,
    });
  const failed = of('failed', 'expired').length;
  if (failed > 0)
    findings.push({
      level: 'yellow',
      what,
      why: `${failed} had no effect and ended within the last day`,
      command,
    });
  const late = of('accepted', 'running')
    .map((one) => one.command.acceptedAt)
    .filter((at) => now - at > lateMs)
    .sort((a, b) => a - b);
  if (late[0] !== undefined)
    findings.push({
      level: 'yellow',
      what,
      why: `${late.length} wait for longer than they should, the first since ${isoTime(late[0])}`,
      command,
    });
  return findings.length > 0 ? findings : [green(what, 'none waits for a person')];
}

/** SKUs that wait for a person. */
export async function stockFinding(context: OperatorContext): Promise<Finding[]> {
  if (!countsStock(context)) return [];
  const count = await countStockInReview(context.stock);
  if (count === 0) return [green('stock', 'no SKU waits for a person')];
  return [
    {
      level: 'yellow',
      what: 'stock',
      why: `at least ${count} SKUs wait for a person`,
      command: 'stock attention',
    },
  ];
}

/** Orders whose goods can be sold again, because the tracker is not run or stands still. */
export async function claimsFinding(context: Parameters<typeof claimsLate>[0]): Promise<Finding[]> {
  if (!countsStock(context)) return [];
  const what = 'claims on stock';
  const late = await claimsLate(context);
  if (late === undefined) return [green(what, 'the orders that changed last are claimed')];
  return [
    {
      level: 'red',
      what,
      why: `goods of orders are not claimed and can be sold again; the oldest that was looked at changed ${isoTime(late.since)}`,
      next: `Follow the runbook, "${late.article}".`,
    },
  ];
}
