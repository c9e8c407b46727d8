import type { OperatorContext } from '../context.ts';
import { type GivenUp, givenUp, type Lack } from '../data/given-up.ts';
import { deploy } from './account-findings.ts';
import { type Finding, green } from './finding.ts';

const WHAT: Readonly<Record<Lack, string>> = {
  unpublished: 'changes not published',
  unclaimed: 'stock not claimed',
  unnoted: 'orders not noted',
};

const WHY: Readonly<Record<Lack, string>> = {
  unpublished: 'changes that were given up: they are in no event',
  unclaimed: 'orders that were given up: their goods are not claimed, and no number or code finds them',
  unnoted: 'orders that were given up: no number or code finds them',
};

/** What the readers of the orders table's stream gave up: nothing brings it back but a person. */
export async function givenUpFindings(
  context: Pick<OperatorContext, 'merchant' | 'countGivenUp'>,
): Promise<Finding[]> {
  return (await givenUp(context)).map((one) => findingOf(one, context.merchant.name));
}

function findingOf({ lack, messages, article }: GivenUp, merchant: string): Finding {
  const what = WHAT[lack];
  if (messages === undefined)
    return { level: 'unknown', what, why: 'the deployment is of an older release', next: deploy(merchant) };
  if (messages === 0) return green(what, 'nothing was given up');
  return {
    level: 'red',
    what,
    why: `${messages} messages name ${WHY[lack]}`,
    next: `Follow the runbook, "${article}".`,
  };
}
