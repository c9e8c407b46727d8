import type { Platform } from '../../functions/platforms/names.ts';
import { maskedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import { selectRows } from '../../functions/pipeline/replay/select.ts';
import type { Desk } from '../desk.ts';
import { columns, print } from '../print.ts';

/** Lists what waits for a person, with reason and problem. */
export async function attention(
  desk: Desk,
  { platform, json }: { platform?: Platform; json: boolean },
): Promise<number> {
  const filter = { state: 'attention', ...(platform === undefined ? {} : { platform }) } as const;
  const rows = (await selectRows(desk, desk.stores, filter)).map((row) => maskedRow(row));
  const lines = columns(
    rows.map((row) => [
      row.attention?.at ?? '',
      row.order,
      row.attention?.reason ?? '',
      row.attention?.problem ?? '',
    ]),
  );
  print(json, { rows }, lines.length > 0 ? lines : ['Nothing waits for a person.']);
  return 0;
}
