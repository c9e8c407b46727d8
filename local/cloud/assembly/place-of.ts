import { LocalCloudError } from '../errors.ts';
import type { StackTemplate } from './read-assembly.ts';

const DEFAULT_ACCOUNT = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** The account and the region of an assembly. @throws LocalCloudError when its stacks stand in several */
export const placeOf = (stacks: readonly StackTemplate[]): { account: string; region: string } => ({
  account: only('account', stacks, DEFAULT_ACCOUNT),
  region: only('region', stacks, DEFAULT_REGION),
});

/** All stacks must agree on their account and region: one machine is one place. */
function only(what: 'account' | 'region', stacks: readonly StackTemplate[], otherwise: string): string {
  const values = [...new Set(stacks.map((stack) => stack[what]).filter((value) => value !== undefined))];
  if (values.length <= 1) return values[0] ?? otherwise;
  throw new LocalCloudError(
    'unresolved-reference',
    `The stacks of this assembly are for several ${what}s (${values.join(', ')}), and the local cloud is only one.`,
  );
}
