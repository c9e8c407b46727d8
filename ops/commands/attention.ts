import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import { selectRows } from '../../functions/pipeline/replay/select.ts';
import type { Platform } from '../../functions/platforms/names.ts';
import type { OperatorContext } from '../desk.ts';
import { columns, print } from '../print.ts';

/** Lists what waits for a person, with reason and problem. */
export async function attention(
  context: OperatorContext,
  { platform, json }: { platform?: Platform; json: boolean },
): Promise<number> {
  const filter = { state: 'needs-review', ...(platform === undefined ? {} : { platform }) } as const;
  const rows = (await selectRows(context, context.stores, filter)).map((row) => redactedRow(row));
  const lines = columns(
    rows.map((row) => [row.review?.at ?? '', row.order, row.review?.reason ?? '', row.review?.problem ?? '']),
  );
  print(json, { rows }, lines.length > 0 ? lines : ['Nothing waits for a person.']);
  return 0;
}
