import { ERP_OUTPUTS } from '../../config/output-names.ts';
import type { OperatorContext } from '../context.ts';
import { countsStock } from '../data/stock.ts';
import { deploy, optional } from './account-findings.ts';
import { type Finding, green } from './finding.ts';

/** A function that reads the stream of the orders table, and what it gave up after 23 hours. */
interface Reader {
  /** The output that carries the URL of the queue that names what was given up. */
  output: string;
  what: string;
  /** Of what was given up, in the words of `doctor`. */
  harm: string;
  /** Of the runbook, which has the way out and the command that empties the queue. */
  article: string;
}

const readersOf = (context: Pick<OperatorContext, 'merchant'>): Reader[] => [
  {
    output: ERP_OUTPUTS.unpublished,
    what: 'changes given up',
    harm: 'the publisher gave changes up, and they are in no event',
    article: 'changes-not-published',
  },
  {
    output: ERP_OUTPUTS.unfollowed,
    what: 'orders given up',
    ...(countsStock(context)
      ? {
          harm: 'the tracker gave orders up, and what they took is for sale a second time',
          article: 'stock-not-claimed',
        }
      : {
          harm: 'the tracker gave orders up, and no search by number or code finds them',
          article: 'orders-not-noted',
        }),
  },
];

/** What the readers of the stream gave up: nothing works on it again by itself, and only a person empties the queues. */
export function givenUpFindings(
  context: Pick<OperatorContext, 'merchant' | 'outputs' | 'backlogOf'>,
): Promise<Finding[]> {
  return Promise.all(
    readersOf(context).map(async ({ output, what, harm, article }): Promise<Finding> => {
      if (optional(context, output) === undefined)
        return {
          level: 'unknown',
          what,
          why: 'the deployment is of an older release',
          next: deploy(context.merchant.name),
        };
      // A message that somebody looks at is hidden for a while, and still there.
      const { visible, inWork } = await context.backlogOf(output);
      const count = visible + inWork;
      if (count === 0) return green(what, 'there are none');
      const why = `${harm} (${count} messages name them)`;
      return { level: 'red', what, why, next: `Runbook, "${article}".` };
    }),
  );
}
