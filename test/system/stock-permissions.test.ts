import { beforeAll, describe, expect, it } from 'vitest';
import { deployedShop } from '../support/deployment.ts';
import { grantName, groupsOf, judgeOf, onlyWithAll, statementsOf, unusedOf } from './permission-judge.ts';
import { NEEDED as NEEDED_ANYWAY, type Needs } from './permission-needs.ts';
import { stockFlows } from './stock-flows.ts';

const shop = deployedShop(92, {
  stock: { settle: { quietSeconds: 0, atMostSeconds: 0 }, drift: 'repair' },
  bus: true,
});

/** What is needed beside what every merchant's functions need, once somebody counts the stock. */
const NEEDED: Needs<keyof ReturnType<typeof stockFlows>['flows']> = {
  'Nuvemshop/Stock/Teller/Role': {
    StockHints: 'Nuvemshop is told of a number',
    Work: 'Nuvemshop is told of a number',
    Stock: 'Nuvemshop is told of a number',
    ControlStockLease: 'Nuvemshop is told of a number',
    ControlStockTelling: 'Nuvemshop is told of a number',
    ControlBucket: 'Nuvemshop is told of a number',
    ControlCircuit: 'Nuvemshop is told of a number',
    SecretStore: 'Nuvemshop is told of a number',
    ControlReconcile: 'Nuvemshop is told of numbers again after the credential was refused',
  },
  'Pedidosya/Stock/Teller/Role': {
    StockHints: 'PedidosYa is told of a number',
    Work: 'PedidosYa is told of a number',
    Stock: 'PedidosYa is told of a number',
    ControlStockLease: 'PedidosYa is told of a number',
    ControlStockTelling: 'PedidosYa is told of a number',
    ControlBucket: 'PedidosYa is told of a number',
    ControlCircuit: 'PedidosYa is told of a number',
    SecretApi: 'PedidosYa is told of a number',
    ControlReconcile: 'PedidosYa is told of numbers again after the credential was refused',
    StockJobs: 'a job of PedidosYa refuses SKUs',
    ControlCatalogueJob: 'a job of PedidosYa refuses SKUs',
  },
  'Erp/Tracker/Role': {
    Orders: 'a product that comes to have a SKU is told what there is',
    Stock: 'a product that comes to have a SKU is told what there is',
    StockQueues: 'a product that comes to have a SKU is told what there is',
  },
  'Erp/Comparer/Role': {
    Changes: 'what somebody typed into a panel is told again at night',
    Stock: 'what somebody typed into a panel is told again at night',
    Products: 'what somebody typed into a panel is told again at night',
    ControlCompared: 'what somebody typed into a panel is told again at night',
    StockQueues: 'what somebody typed into a panel is told again at night',
  },
  'Erp/Stock/ScheduleRole': { '-': 'what channels show is compared on its schedule' },
  'Erp/Sweeper/Role': {
    StockQueues: 'the sweep tells of stock that nobody was told of',
    Orders: 'the sweep looks whether what orders take is claimed',
  },
  'Erp/Api/Role': {
    Stock: 'Nuvemshop is told of a number',
    StockQueues: 'Nuvemshop is told of a number',
    ControlStockZeroed: 'a number that goes to zero is taken',
  },
};

const judge = judgeOf(shop);
const known = new Set(statementsOf(NEEDED_ANYWAY).map(({ role, sid }) => `${role} ${sid}`));
const ofStock = () => judge.judged().filter((grant) => !known.has(grantName(grant)));
let open: ReturnType<typeof stockFlows>;
beforeAll(async () => {
  open = stockFlows(shop, judge.comesTrue);
  await open.prepare();
}, 60_000);

describe('each permission that stock adds is needed', { timeout: 600_000 }, () => {
  it('is what the table here says of every statement that the local cloud judges', () => {
    expect(ofStock().map(grantName).sort()).toEqual(
      statementsOf(NEEDED)
        .map(({ role, sid }) => `${role} ${sid}`)
        .sort(),
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
    for (const [name, flow] of Object.entries(open.rare)) {
      outcomes[name] = await flow();
      await open.mend();
    }

    expect(outcomes).toEqual(Object.fromEntries(Object.keys(open.rare).map((name) => [name, true])));
  });

  it('has no action that nothing uses', () => {
    expect(unusedOf(ofStock())).toEqual([]);
  });
});
