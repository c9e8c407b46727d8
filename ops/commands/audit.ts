import type { OperatorContext } from '../desk.ts';
import { columns, print } from '../print.ts';

/** Who did what to how many, the latest first. */
export async function audit(
  context: OperatorContext,
  { limit, json }: { limit: number; json: boolean },
): Promise<number> {
  const entries = await context.trail.latest(limit);
  const lines = entries.map(({ at, who, what, state, details }) => [
    new Date(at).toISOString(),
    what,
    state,
    who,
    Object.entries(details)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ]);
  print(json, { entries }, entries.length > 0 ? columns(lines) : ['Nothing was written down yet.']);
  return 0;
}
