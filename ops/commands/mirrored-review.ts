import { customerName } from '../../functions/domain/item-name.ts';
import type { MirrorFields } from '../../functions/domain/mirror-row.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { print } from '../print.ts';

export interface ReviewOptions {
  platform?: string;
  json: boolean;
}

/** Where the rows of one kind are. */
interface Reviewed<Key, Row> {
  needsReview(platform: string): Promise<Key[]>;
  get(key: Key): Promise<Row | undefined>;
  nameOf(key: Key): string;
}

/**
 * Lists the things of one kind that need review, with the reason and nothing of a person.
 *
 * @returns 1 when there is any
 */
export async function listInReview<Key, Row extends MirrorFields & Key>(
  kind: 'product' | 'customer',
  context: Pick<OperatorContext, 'names'>,
  { platform, json }: ReviewOptions,
  { needsReview, get, nameOf }: Reviewed<Key, Row>,
): Promise<number> {
  const names = context.names.filter((name) => platform === undefined || name === platform);
  const found = await Promise.all(names.map((name) => needsReview(name)));
  const rows = await Promise.all(found.flat().map((key) => get(key)));
  const waiting = rows.flatMap((row) =>
    row?.review === undefined ? [] : [{ [kind]: nameOf(row), review: row.review }],
  );
  print(
    json,
    { [`${kind}s`]: waiting },
    waiting.length === 0
      ? [`No ${kind} needs review.`]
      : waiting.map(({ [kind]: name, review }) => `${String(name)}  ${review.reason}: ${review.problem}`),
  );
  return waiting.length === 0 ? EXIT.done : EXIT.needsPerson;
}

/** Lists the customers that need review. */
export const listCustomersInReview = (context: OperatorContext, options: ReviewOptions): Promise<number> =>
  listInReview('customer', context, options, {
    needsReview: context.customerIndex.needsReview,
    get: context.customers.get,
    nameOf: customerName,
  });
