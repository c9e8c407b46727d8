import type { Node } from 'constructs';
import { knownMerchants, type Merchant, merchantNamed, readMerchant } from '../config/merchant.ts';
import { DeployError } from './deploy-error.ts';

/**
 * The merchant that the command line names: `-c merchant=NAME` for a file in config/merchants, or
 * `-c merchantFile=PATH` for one elsewhere.
 *
 * @throws DeployError when none or an unknown one is named
 * @throws MerchantConfigError when the file is not valid
 */
export function merchantOf(node: Node): Merchant {
  const file: unknown = node.tryGetContext('merchantFile');
  if (typeof file === 'string' && file !== '') return readMerchant(file);
  const name: unknown = node.tryGetContext('merchant');
  if (typeof name === 'string' && name !== '') return merchantNamed(name);
  throw new DeployError(
    `no merchant is named. Use "npm run synth -- --merchant NAME" (there are: ${knownMerchants().join(', ')}).`,
  );
}

/** `-c creates=true`: the stacks are not there yet. The deployment script finds out. */
export const createsStacks = (node: Node): boolean => node.tryGetContext('creates') === 'true';
