import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Merchant } from '../../config/merchant.ts';
import { stackName } from '../../config/output-names.ts';
import type { Cloud } from '../cloud/cloud.ts';

const fileIn = (assembly: string, name: 'merchant' | 'outputs') => join(assembly, `operator-${name}.json`);

/** Writes what the operator's commands read: the merchant as it runs here, and the outputs of its stacks. */
export function writeOperatorFiles(
  assembly: string,
  merchant: Merchant,
  outputs: Record<string, string>,
): void {
  writeFileSync(fileIn(assembly, 'merchant'), JSON.stringify(merchant));
  writeFileSync(fileIn(assembly, 'outputs'), JSON.stringify({ [stackName(merchant.name, 'Data')]: outputs }));
}

/**
 * Options and environment with which the operator's commands work on this shop: by what the deployment's own policy lets an
 * operator do, or a viewer.
 */
export function operatorOf(
  { assembly, cloud }: { assembly: string; cloud: Cloud },
  policy: 'Operator' | 'Viewer' = 'Operator',
) {
  const { accessKeyId, secretAccessKey } = cloud.credentialsWith(`People/${policy}`);
  return {
    options: ['--merchant-file', fileIn(assembly, 'merchant'), '--outputs', fileIn(assembly, 'outputs')],
    environment: {
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  };
}
