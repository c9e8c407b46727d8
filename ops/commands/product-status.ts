import type { OperatorContext } from '../context.ts';
import { type ProductStatus, productStatuses } from '../data/product-status.ts';
import { EXIT } from '../exit.ts';
import { columns, command, indented, print } from '../print.ts';

/**
 * What became of a product that the merchant's system wrote: which product of the platform it is, what of it is as it is
 * wanted, the last command, what differs, and what to do next.
 *
 * @param name its id in the merchant's system, or `platform:store:erp-product:id`
 * @returns 1 where it is not known, or waits for a person
 */
export async function showProductStatus(
  context: OperatorContext,
  name: string,
  { json }: { json: boolean },
): Promise<number> {
  const products = await productStatuses(context, name);
  print(
    json,
    { products },
    products.length === 0
      ? [
          `No product "${name}" was sent to a store of this merchant, or it was refused at once.`,
          `Send it: ${command(context, `products push FILE ${name}`)}`,
        ]
      : products.flatMap((one) => linesOf(context, one)),
  );
  return products.length > 0 && !products.some(needsPerson) ? EXIT.done : EXIT.needsPerson;
}

const needsPerson = ({ command: last }: ProductStatus): boolean =>
  last !== undefined && !['accepted', 'running', 'done'].includes(last.state);

/** A product at one store, for a person. */
export function linesOf(context: Pick<OperatorContext, 'merchant'>, status: ProductStatus): string[] {
  const { id, product, groups, command: last, mirroredAt, removedAt, differences } = status;
  const facts = [
    ['platform', product ?? 'no product yet'],
    ...(removedAt === undefined ? [] : [['removed', `the platform has it no more, seen at ${removedAt}`]]),
    ...Object.entries(groups).map(([group, state]) => [group, WORDS[state]]),
    ...(last === undefined
      ? []
      : [
          ['command', `${last.client}/${last.id}`],
          [
            'state',
            last.waitsUntil === undefined ? last.state : `${last.state}, waits until ${last.waitsUntil}`,
          ],
          ['given', `${last.givenAt}, ${last.tries} calls begun, last change ${last.updatedAt}`],
          ...(last.reason === undefined ? [] : [['reason', last.reason]]),
        ]),
  ];
  const problems = last?.problems ?? [];
  return [
    id,
    ...indented(facts),
    ...(problems.length === 0 ? [] : ['  refused:']),
    ...columns(
      problems.map(({ pointer, detail }) => [`    ${pointer === '' ? '(all of it)' : pointer}`, detail]),
    ),
    ...(differences === undefined || differences.length === 0
      ? []
      : [`  differs, as mirrored at ${mirroredAt ?? ''}:`]),
    ...columns(
      (differences ?? []).map(({ pointer, wanted, shown }) => [
        `    ${pointer === '' ? '(not sent)' : pointer}`,
        `wanted: ${wanted}`,
        `shown: ${shown}`,
      ]),
    ),
    ...nextOf(context, status).map((line) => `  ${line}`),
  ];
}

const WORDS = { reached: 'as wanted', 'under-way': 'under way', refused: 'not as wanted' } as const;

/** What a person may do. */
function nextOf(
  context: Pick<OperatorContext, 'merchant'>,
  { command: last, differences = [], removedAt }: ProductStatus,
): string[] {
  switch (last?.state) {
    case 'accepted':
    case 'running':
      return ['It goes on by itself. Look again in a minute.'];
    case 'refused':
      return [
        'Correct what the pointers name, and send the product again: what was refused is tried again, nothing else.',
      ];
    case 'failed':
    case 'expired':
      return [`Send the product again. If other commands fail too: ${command(context, 'platforms')}`];
    case 'in_doubt':
      return [
        `Look at the platform's panel, then say how it ended: ${command(context, `commands resolve ${last.client} ${last.id}`)}`,
      ];
    default:
      return removedAt === undefined && differences.length === 0
        ? []
        : [
            removedAt === undefined
              ? 'Somebody changed it at the platform, or its change was not mirrored yet. It stays until you send something else of it.'
              : 'Send the product again to have it made anew.',
          ];
  }
}
