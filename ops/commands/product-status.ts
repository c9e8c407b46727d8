import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import type { OperatorContext } from '../context.ts';
import { type ProductStatus, productStatuses } from '../data/product-status.ts';
import { EXIT } from '../exit.ts';
import { OperatorError } from '../outputs.ts';
import { columns, command, indented, print } from '../print.ts';
import { readProducts, textLinesOf } from '../product-file.ts';

const AT_ONCE = 8;

/** A product as it was named, at each store that knows it. */
interface Named {
  readonly name: string;
  readonly statuses: readonly ProductStatus[];
}

/**
 * What became of products that the merchant's system wrote: which product of the platform each is, what of it is as it is
 * wanted, the last command, what differs, and what to do next. Of several only those that need a person are shown whole.
 *
 * @param names their ids in the merchant's system, or `platform:store:erp-product:id`
 * @param options `file`: one that was imported, whose products are meant as well
 * @returns 1 where one is not known, or waits for a person
 * @throws OperatorError where no product is named
 */
export async function showProductStatus(
  context: OperatorContext,
  names: readonly string[],
  { file, json }: { file?: string; json: boolean },
): Promise<number> {
  const meant = [...new Set([...names, ...(file === undefined ? [] : await idsIn(file))])];
  if (meant.length === 0)
    throw new OperatorError('Say which product: its id in your system, or --file with a file of products.');
  const found = new Map<string, Named>();
  await mapConcurrent(AT_ONCE, meant, async (name) => {
    found.set(name, { name, statuses: await productStatuses(context, name) });
  });
  const all = meant.flatMap((name) => found.get(name) ?? []);
  const unknown = all.filter(({ statuses }) => statuses.length === 0).map(({ name }) => name);
  const products = all.flatMap(({ statuses }) => statuses);
  print(json, { products, unknown }, [
    ...products
      .filter((one) => meant.length === 1 || needsPerson(one))
      .flatMap((one) => linesOf(context, one)),
    ...unknown.map(
      (name) =>
        `${name}: not sent to a store of this merchant, or refused at once. "products push" sends it.`,
    ),
    ...(meant.length === 1 ? [] : [countsOf(products, unknown.length)]),
  ]);
  return unknown.length > 0 || products.some(needsPerson) ? EXIT.needsPerson : EXIT.done;
}

async function idsIn(file: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { externalId } of readProducts(textLinesOf(file)))
    if (externalId !== undefined) ids.push(externalId);
  return ids;
}

const needsPerson = ({ command: last }: ProductStatus): boolean =>
  last !== undefined && !['accepted', 'running', 'done'].includes(last.state);

/** How many are in each state. Of what is older than its commands only what was reached is known. */
function countsOf(products: readonly ProductStatus[], unknown: number): string {
  const counts = new Map<string, number>();
  for (const { command: last } of products) {
    const state = last === undefined || last.state === 'done' ? 'done' : last.state;
    const word = state === 'accepted' || state === 'running' ? 'under way' : state.replace('_', ' ');
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (unknown > 0) counts.set('not sent', unknown);
  return `${[...counts].map(([word, count]) => `${count} ${word}`).join(', ')}.`;
}

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
          ['given', `${last.givenAt}, last change ${last.updatedAt}, calls begun: ${last.tries}`],
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

const WORDS = {
  reached: 'as wanted',
  'under-way': 'under way',
  refused: 'not as wanted',
  'in-doubt': 'in doubt',
  'not-reached': 'not as wanted',
} as const;

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
