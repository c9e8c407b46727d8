import { baseOutcome } from '../functions/domain/stock/base.ts';
import { mapConcurrent } from '../functions/pipeline/map-concurrent.ts';
import type { OperatorContext } from './context.ts';
import type { Counted } from './counted-file.ts';
import { OperatorError } from './outputs.ts';

const AT_ONCE = 8;

/**
 * Holds a file to what holds the merchant's system: a sheet that lost its numbers would take everything off sale. What goes to zero
 * counts together with what goes there by the API.
 *
 * @throws OperatorError where so many SKUs go to zero that it has to be said to be meant
 */
export async function refuseMassZero(
  { store, zeros, clock }: Pick<OperatorContext['stock'], 'store' | 'zeros' | 'clock'>,
  counted: readonly Counted[],
): Promise<void> {
  const asOf = clock.now();
  const going = new Set<string>();
  const none = counted.filter(({ quantity }) => quantity !== null && quantity <= 0);
  await mapConcurrent(AT_ONCE, none, async ({ sku, place, quantity }) => {
    const before = (await store.get(sku))?.bases[place];
    const hadSome = before !== undefined && (before.quantity === null || before.quantity > 0);
    if (hadSome && baseOutcome(before, { quantity, asOf }) === 'set') going.add(sku);
  });
  if (await zeros.admit([...going], () => store.count())) return;
  throw new OperatorError(
    `${going.size} SKUs of the file would go to zero, which is more likely a sheet that lost its numbers than an empty house. Nothing was ` +
      'changed. If it is meant: "stock release", and then this command again within a quarter of an hour.',
  );
}
