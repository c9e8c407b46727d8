import { beforeAll, describe, expect, it } from 'vitest';
import type { RoleGrant } from '../../local/cloud/iam/users.ts';
import { DEFAULTS } from '../../local/platforms/imotriz/options.ts';
import { deployedShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';
import { flowsOf } from './permission-flows.ts';

const { orderIds, order } = DEFAULTS.paths;
const shop = deployedShop(91, {
  imotrizRate: { perSecond: 100, burst: 200 },
  bus: true,
  configure: ({ pedidosya, imotriz }) => {
    for (const store of imotriz.stores) store.paths = { ...store.paths, orderIds, order };
    for (const chain of pedidosya.chains) chain.rate = { perSecond: 0.6, burst: 20 };
  },
});

type FlowName = keyof ReturnType<typeof flowsOf>['flows'];

/** What cannot come about without a statement: by role, by the statement's id (`-` where it has none). */
const NEEDED: Readonly<Record<string, Readonly<Record<string, FlowName>>>> = {
  'Nuvemshop/Webhook/Receiver/Role': {
    Queue: 'a webhook of Nuvemshop is accepted',
    SecretApp: 'a webhook of Nuvemshop is accepted',
  },
  'Nuvemshop/Orders/Consumer/Role': {
    Queue: 'an order that Nuvemshop tells of is fetched',
    Orders: 'an order that Nuvemshop tells of is fetched',
    SecretStore: 'an order that Nuvemshop tells of is fetched',
    Changes: 'a store of Nuvemshop is erased',
    ControlBucket: 'an order that Nuvemshop tells of is fetched',
    ControlCircuit: 'an order that Nuvemshop tells of is fetched',
    ControlPendingFetch: 'an order that Nuvemshop tells of is fetched',
    ControlReconcile: 'Nuvemshop lets calls go on after it suspended them',
    ControlChunks: 'a customer of Nuvemshop is erased by a request larger than a message',
    ControlPrivacyReport: 'a customer of Nuvemshop is given a report',
    ControlAudit: 'a customer of Nuvemshop is given a report',
    ControlErasureLedger: 'a customer of Nuvemshop is erased by a request larger than a message',
    ControlStoreErasure: 'a store of Nuvemshop is erased',
  },
  'Nuvemshop/Reconcile/Reconciler/Role': {
    Queue: 'reconciliation finds an order that Nuvemshop told nobody of',
    Orders: 'reconciliation finds an order that Nuvemshop told nobody of',
    ControlBucket: 'reconciliation finds an order that Nuvemshop told nobody of',
    ControlCircuit: 'reconciliation finds an order that Nuvemshop told nobody of',
    ControlReconcile: 'reconciliation finds an order that Nuvemshop told nobody of',
    ControlReconcileLease: 'reconciliation finds an order that Nuvemshop told nobody of',
    ControlPendingFetch: 'reconciliation finds an order that Nuvemshop told nobody of',
    ControlStoreErasure: 'a store of Nuvemshop is erased',
    SecretStore: 'reconciliation finds an order that Nuvemshop told nobody of',
    Changes: 'reconciliation finds that Nuvemshop has a product no more',
  },
  'Nuvemshop/Reconcile/ScheduleRole': { '-': 'Nuvemshop is reconciled on its schedule' },
  'Nuvemshop/Install/Installer/Role': {
    ControlBucket: 'a merchant installs the app',
    ControlCircuit: 'a merchant installs the app',
    ControlReconcile: 'a merchant installs the app',
    ControlInstallState: 'a merchant installs the app',
    ControlInstallLease: 'a merchant installs the app',
    SecretApp: 'a merchant installs the app',
    SecretStore: 'a merchant installs the app',
  },
  'Pedidosya/Webhook/Receiver/Role': {
    Queue: 'a webhook of PedidosYa is accepted',
    SecretWebhook: 'a webhook of PedidosYa is accepted',
  },
  'Pedidosya/Orders/Consumer/Role': {
    Queue: 'an order that PedidosYa sends is recorded',
    Orders: 'an order that PedidosYa sends is recorded',
    ControlChunks: 'an order of PedidosYa larger than a message is recorded',
    ControlCatalogueJob: 'how a catalogue job of PedidosYa ended is remembered',
  },
  'Pedidosya/Reconcile/Reconciler/Role': {
    Orders: 'reconciliation finds an order that PedidosYa told nobody of',
    ControlBucket: 'reconciliation finds an order that PedidosYa told nobody of',
    ControlCircuit: 'reconciliation finds an order that PedidosYa told nobody of',
    ControlReconcile: 'reconciliation finds an order that PedidosYa told nobody of',
    ControlReconcileLease: 'reconciliation finds an order that PedidosYa told nobody of',
    SecretApi: 'reconciliation finds an order that PedidosYa told nobody of',
    Changes: 'reconciliation finds that PedidosYa has a product no more',
  },
  'Pedidosya/Reconcile/ScheduleRole': { '-': 'PedidosYa is reconciled on its schedule' },
  'Imotriz/Poll/Poller/Role': {
    Queue: 'an order that iMotriz hands out is recorded',
    ControlBucket: 'an order that iMotriz hands out is recorded',
    ControlCircuit: 'an order that iMotriz hands out is recorded',
    ControlPollLease: 'an order that iMotriz hands out is recorded',
    ControlOutbox: 'an order that iMotriz hands out is recorded',
    ControlPollBackoff: 'an order that iMotriz hands out is recorded',
    ControlOutboxAside: 'an order that iMotriz hands out is recorded',
    ControlReconcile: 'iMotriz is polled again after the credential was refused',
    SecretApi: 'an order that iMotriz hands out is recorded',
  },
  'Imotriz/Poll/ScheduleRole': { '-': 'iMotriz is polled on its schedule' },
  'Imotriz/Orders/Consumer/Role': {
    Queue: 'an order that iMotriz hands out is recorded',
    Orders: 'an order that iMotriz hands out is recorded',
    ControlChunks: 'a page of iMotriz larger than a message is recorded',
  },
  'Imotriz/Reconcile/Reconciler/Role': {
    Orders: 'reconciliation finds an order that iMotriz handed to nobody',
    ControlBucket: 'reconciliation finds an order that iMotriz handed to nobody',
    ControlCircuit: 'reconciliation finds an order that iMotriz handed to nobody',
    ControlReconcile: 'reconciliation finds an order that iMotriz handed to nobody',
    ControlReconcileLease: 'reconciliation finds an order that iMotriz handed to nobody',
    SecretApi: 'reconciliation finds an order that iMotriz handed to nobody',
  },
  'Imotriz/Reconcile/ScheduleRole': { '-': 'iMotriz is reconciled on its schedule' },
  'Nuvemshop/Commands/Dispatcher/Role': {
    Commands: 'a command is carried out at Nuvemshop',
    Orders: 'a command is carried out at Nuvemshop',
    ControlBucket: 'a command is carried out at Nuvemshop',
    ControlCircuit: 'a command is carried out at Nuvemshop',
    ControlReconcile: 'commands of Nuvemshop go on after the credential was refused',
    SecretStore: 'a command is carried out at Nuvemshop',
  },
  'Pedidosya/Commands/Dispatcher/Role': {
    Commands: 'a command is carried out at PedidosYa',
    Orders: 'a command is carried out at PedidosYa',
    ControlBucket: 'a command is carried out at PedidosYa',
    ControlCircuit: 'a command is carried out at PedidosYa',
    ControlReconcile: 'commands of PedidosYa go on after the credential was refused',
    SecretApi: 'a command is carried out at PedidosYa',
  },
  'Erp/Deliverer/Role': {
    Deliveries: 'an endpoint is sent an event',
    ControlFeed: 'an endpoint is sent an event',
    ControlFeedPointer: 'an endpoint is sent an event',
    ControlEndpoint: 'an endpoint is sent an event',
    SecretSigning: 'an endpoint is sent an event',
    ControlEndpointAside: 'an endpoint is sent again what it refused, as the order stands',
    Orders: 'an endpoint is sent again what it refused, as the order stands',
  },
  'Erp/Sweeper/Role': {
    ControlEndpoint: 'the sweep announces what nobody was told of, and ends well',
    Deliveries: 'the sweep announces what nobody was told of, and ends well',
    ControlFeed: 'the sweep announces what nobody was told of, and ends well',
    ControlFeedPointer: 'the sweep announces what nobody was told of, and ends well',
    Work: 'the sweep announces what nobody was told of, and ends well',
    Commands: 'the sweep tells of a command that nobody was told of',
  },
  'Erp/Webhooks/ScheduleRole': { '-': 'the sweep runs on its schedule' },
  'Erp/Publisher/Role': {
    Stream: 'a change of an order is in the feed',
    ControlFeed: 'a change of an order is in the feed',
    ControlFeedPointer: 'a change of an order is in the feed',
    ControlEndpoint: 'an endpoint is told of a change',
    Bus: 'a change of an order is on the event bus, as the feed has it',
    Deliveries: 'an endpoint is told of a change',
  },
  'Erp/Api/Role': {
    SecretTokens: 'a client of the API reads events, orders and how things stand',
    ControlFeed: 'a client of the API reads events, orders and how things stand',
    ControlFeedPointer: 'a client of the API reads events, orders and how things stand',
    ControlCircuits: 'calls are passed on to Nuvemshop no more after it refused the credential',
    ControlBuckets: 'a call of Nuvemshop is passed on',
    SecretPlatforms: 'a call of Nuvemshop is passed on',
    Orders: 'a client of the API reads events, orders and how things stand',
    Changes: 'a client of the API reads events, orders and how things stand',
    Products: 'a client of the API reads a product',
    ControlIdempotency: 'a client of the API acknowledges an order, once',
    Commands: 'a command is carried out at Nuvemshop',
  },
};

/** What Lambda does by itself in the name of a function's role: on the local cloud that is no call, and never asked for. */
const NOT_JUDGED_HERE = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
];

/** What comes about only after a change could not be published for 23 hours: a test of the local cloud's streams has it. */
const NEEDED_AFTER_A_DAY = 'Erp/Publisher/Role Unpublished';

const shortRole = ({ role }: RoleGrant) => role.replace(/^[^/]+\//, '');
const isJudged = (grant: RoleGrant) =>
  !grant.actions.every((action) => NOT_JUDGED_HERE.includes(action)) &&
  `${shortRole(grant)} ${grant.sid}` !== NEEDED_AFTER_A_DAY;
const judged = () => shop.cloud.grants().filter(isJudged);

/** The statement that the flow has to do without. */
let withdrawn: RoleGrant | undefined;
let open: ReturnType<typeof flowsOf>;
beforeAll(() => {
  open = flowsOf(shop, () => (withdrawn?.refused.size ?? 0) > 0);
});

const statements = Object.entries(NEEDED).flatMap(([role, bySid]) =>
  Object.entries(bySid).map(([sid, flow]) => ({ role, sid, flow })),
);
/** The statements of a role by the flow that needs them. */
const groups = [...Map.groupBy(statements, ({ role, flow }) => `${role}: ${flow}`).values()].map((group) => ({
  ...group[0]!,
  sids: group.map(({ sid }) => sid),
}));
const flowNamed = (name: FlowName): Flow => open.flows[name];
/** Neither a secret nor a client that an earlier flow left in memory helps the function. */
function startCold(role: string): void {
  for (const { path } of shop.cloud.functions)
    if (path.includes(`/${role.replace(/\/Role$/, '')}/`)) shop.cloud.cool(path);
}

describe('each permission is needed', { timeout: 600_000 }, () => {
  it('is what the table here says of every statement that the local cloud judges', () => {
    const granted = judged().map((grant) => `${shortRole(grant)} ${grant.sid ?? '-'}`);

    expect(granted.sort()).toEqual(statements.map(({ role, sid }) => `${role} ${sid}`).sort());
  });

  it('leaves out nothing but the writing of logs and traces', () => {
    const leftOut = shop.cloud.grants().filter((grant) => !isJudged(grant));

    expect(new Set(leftOut.flatMap(({ actions }) => actions))).toEqual(
      new Set([...NOT_JUDGED_HERE, 'sqs:SendMessage']),
    );
    expect(new Set(leftOut.map(shortRole))).toEqual(
      new Set(statements.map(({ role }) => role).filter((role) => role.endsWith('/Role'))),
    );
  });

  it.each(groups)('$role: $flow no more without one of $sids', async ({ role, sids, flow }) => {
    const outcomes: Record<string, boolean> = {};
    const refusals: number[] = [];
    for (const sid of sids) {
      const grant = judged().find((one) => shortRole(one) === role && (one.sid ?? '-') === sid)!;
      startCold(role);
      const restore = grant.withdraw();
      withdrawn = grant;
      outcomes[`without ${sid}`] = await flowNamed(flow)().finally(() => {
        restore();
        withdrawn = undefined;
      });
      refusals.push(grant.refused.size);
      await open.mend();
    }
    // A secret that could not be read is not asked for again at once.
    startCold(role);
    outcomes['with all'] = await flowNamed(flow)();
    await open.mend();

    const without = sids.map((sid) => [`without ${sid}`, false]);
    expect(outcomes).toEqual({ ...Object.fromEntries(without), 'with all': true });
    expect(refusals).not.toContain(0);
  });

  it('holds in rare cases too: what they need is granted', async () => {
    const outcomes: Record<string, boolean> = {};
    for (const [name, flow] of Object.entries(open.rare)) outcomes[name] = await flow();

    expect(outcomes).toEqual(Object.fromEntries(Object.keys(open.rare).map((name) => [name, true])));
  });

  it('has no action that nothing uses', () => {
    const unused = judged().flatMap((grant) =>
      grant.actions
        .filter((action) => !grant.used.has(action))
        .map((action) => `${shortRole(grant)} ${grant.sid ?? '-'} ${action}`),
    );

    expect(unused).toEqual([]);
  });
});
