import { knownMerchants, type Merchant, merchantIn, merchantNamed } from '../config/merchant.ts';
import { OperatorError } from './outputs.ts';

/** The merchant that comes with the project. */
const DEMO = 'demo';

/**
 * The merchant that a command is about: the one that is named, by an option or by the variable, else the only one there is.
 *
 * @throws MerchantConfigError where two are named
 * @throws OperatorError where there are several and none is named: a command for one of them must not reach another
 */
export function chosenMerchant(
  { merchant, merchantFile }: { merchant?: string; merchantFile?: string },
  folder?: string,
): Merchant {
  if (merchantFile !== undefined) return merchantIn(merchantFile, merchant);
  return merchantNamed(merchant ?? onlyOne(knownMerchants(folder)), folder);
}

function onlyOne(known: readonly string[]): string {
  const own = known.filter((name) => name !== DEMO);
  if (own.length > 1)
    throw new OperatorError(
      `Which merchant? There are ${own.join(', ')}. Nothing was done. Name one with --merchant, or for all commands of this shell with ` +
        `export ACOPIO_MERCHANT=${own[0]}`,
    );
  return own[0] ?? DEMO;
}
