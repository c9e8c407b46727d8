import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Node } from 'constructs';
import { type Merchant, merchantFile, readMerchant } from '../config/merchant.ts';
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
  const known = knownMerchants();
  if (typeof name !== 'string' || name === '') {
    throw new DeployError(`no merchant is named. Add "-c merchant=NAME" (there are: ${known.join(', ')}).`);
  }
  if (!known.includes(name)) {
    throw new DeployError(
      `there is no merchant "${name}" (there are: ${known.join(', ')}). Write config/merchants/${name}.json or correct the name.`,
    );
  }
  return readMerchant(merchantFile(name));
}

function knownMerchants(): string[] {
  return readdirSync(dirname(merchantFile('any')))
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .sort();
}
