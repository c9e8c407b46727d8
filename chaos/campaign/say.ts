import { INVARIANTS } from '../invariants/violation.ts';
import type { CampaignResult } from './campaign.ts';
import { clock } from './parts.ts';

/** The result of a campaign for a person. */
export function sayCampaign(result: CampaignResult, seconds: number): string {
  const { worlds, hours, orders, writes, calls, commands, events, feedSteps, failing, slowest } = result;
  const lines = [
    `${worlds} worlds of ${hours} h in ${seconds.toFixed(1)} s: ${orders} orders, ${writes} row writes, ${calls} platform calls`,
    `${commands.commands} commands: ${commands.done} brought something about, ${commands.doubted} had to be decided by a person`,
    `the merchant's own system: ${events} events published, ${feedSteps} steps of publishers, readers and deliveries`,
  ];
  if (worlds > 1)
    lines.push(
      `slowest: ${slowest.map(({ seed, seconds: of }) => `${seed} (${of.toFixed(1)} s)`).join(', ')}`,
    );
  if (failing.length === 0) lines.push(`every promise held (${Object.keys(INVARIANTS).length} invariants)`);
  for (const { seed, violations, schedule, command } of failing) {
    lines.push('', `world ${seed} broke a promise:`);
    for (const { invariant, at, detail } of violations.slice(0, 5))
      lines.push(`  ${clock(at)}  ${INVARIANTS[invariant]}: ${detail}`);
    if (violations.length > 5) lines.push(`  and ${violations.length - 5} more`);
    if (schedule.length > 0)
      lines.push('the shortest schedule found:', ...schedule.map((line) => `  ${line}`));
    lines.push(`repeat it: ${command}`);
  }
  return `${lines.join('\n')}\n`;
}
