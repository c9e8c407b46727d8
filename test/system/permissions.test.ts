import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../local/platforms/imotriz/options.ts';
import { deployedShop } from '../support/deployment.ts';
import { flowsOf } from './permission-flows.ts';
import {
  grantName,
  groupsOf,
  isJudged,
  judgeOf,
  NOT_JUDGED_HERE,
  onlyWithAll,
  shortRole,
  statementsOf,
  unusedOf,
} from './permission-judge.ts';
import { NEEDED } from './permission-needs.ts';

const { orderIds, order } = DEFAULTS.paths;
const shop = deployedShop(91, {
  imotrizRate: { perSecond: 100, burst: 200 },
  bus: true,
  configure: ({ imotriz, nuvemshop }) => {
    for (const store of nuvemshop.stores) store.customers = true;
    for (const store of imotriz.stores) store.paths = { ...store.paths, orderIds, order };
  },
});

const judge = judgeOf(shop);
let open: ReturnType<typeof flowsOf>;
beforeAll(() => {
  open = flowsOf(shop, judge.comesTrue);
});

describe('each permission is needed', { timeout: 600_000 }, () => {
  it('is what the table here says of every statement that the local cloud judges', () => {
    const granted = judge.judged().map(grantName);

    expect(granted.sort()).toEqual(
      statementsOf(NEEDED)
        .map(({ role, sid }) => `${role} ${sid}`)
        .sort(),
    );
  });

  it('leaves out nothing but the writing of logs', () => {
    const leftOut = shop.cloud.grants().filter((grant) => !isJudged(grant));

    expect(new Set(leftOut.flatMap(({ actions }) => actions))).toEqual(
      new Set([...NOT_JUDGED_HERE, 'sqs:SendMessage']),
    );
    expect(new Set(leftOut.map(shortRole))).toEqual(
      new Set(Object.keys(NEEDED).filter((role) => role.endsWith('/Role'))),
    );
  });

  it.each(groupsOf(NEEDED))(
    '$role: $flow, and no more without any of $sids',
    async ({ role, sids, flow }) => {
      const { outcomes, refusals } = await judge.outcomesOf({ role, sids }, open.flows[flow], open.mend);

      expect(outcomes).toEqual(onlyWithAll(sids));
      expect(refusals).not.toContain(0);
    },
  );

  it('holds in rare cases too: what they need is granted', async () => {
    const outcomes: Record<string, boolean> = {};
    for (const [name, flow] of Object.entries(open.rare)) outcomes[name] = await flow();

    expect(outcomes).toEqual(Object.fromEntries(Object.keys(open.rare).map((name) => [name, true])));
  });

  it('has no action that nothing uses', () => {
    expect(unusedOf(judge.judged())).toEqual([]);
  });
});
