import type { PlatformName } from '../../functions/domain/order.ts';
import { routeOf } from '../../local/shop/stores.ts';
import { orderKey } from '../invariants/history.ts';
import { beginOf, PLANTED_PERSON, type PlannedFault } from '../plan/fault-kinds.ts';
import { channelOf } from '../plan/merchant.ts';
import { putSecrets, type SimStore, storeNamed } from '../plan/stores.ts';
import type { WebhookRequest } from './account.ts';
import { beginOnFeed, takeSnapshots } from './feed-faults.ts';
import type { World } from './open-world.ts';

/** Puts everything that happens from outside on the time line: orders and their lifecycles, and faults that are events. */
export function letItHappen(world: World): void {
  const { plan, loop, start, stores, history, commands, commandWatch } = world;
  for (const order of plan.orders) {
    const store = storeNamed(stores, order.store);
    loop.at(start + order.at, () => {
      const id = store.place();
      history.look(store, id);
      const changesAt = store.truth(id)[0]?.changesAt;
      if (changesAt !== undefined) loop.at(changesAt, () => history.look(store, id));
      for (const step of order.steps) {
        loop.at(start + step.at, () => {
          if (commandWatch.panel(store, id, () => store.take(id, step.do))) history.look(store, id);
        });
      }
      const key = orderKey(store, id);
      for (const post of order.posts ?? []) {
        loop.at(start + post.at, () => commands.want(key, post));
        for (const { at, other } of post.again) loop.at(start + at, () => commands.again(key, post, other));
      }
    });
  }
  takeSnapshots(world);
  for (const fault of plan.faults) {
    loop.at(start + beginOf(fault), () => begin(fault, world));
  }
}

/** Methods of calls that may change something. */
const WRITES = ['POST', 'PUT', 'PATCH'] as const;

/** Begins a fault, and ends it when its time is over. Those that hit single requests are played elsewhere. */
function begin(fault: PlannedFault, world: World): void {
  const { loop, start, stores, secrets, account, random } = world;
  const atEnd = (work: () => void) => 'to' in fault && loop.at(start + fault.to, work);
  switch (fault.kind) {
    case 'platform': {
      const { faults } = storeNamed(stores, fault.store).simulator;
      const hit = { ...fault.fault, probability: fault.chance };
      const ends = fault.writes
        ? WRITES.map((method) => faults.add({ ...hit, match: { method } }))
        : [faults.add(hit)];
      atEnd(() => {
        for (const end of ends) end();
      });
      break;
    }
    case 'unruly-webhooks': {
      const { webhooks } = storeNamed(stores, fault.store);
      webhooks?.configure({ duplicateProbability: 0.3, reorderProbability: 0.3, disorderMs: 20_000 });
      atEnd(() => webhooks?.configure({ duplicateProbability: 0, reorderProbability: 0 }));
      break;
    }
    case 'trouble': {
      const store = storeNamed(stores, fault.store);
      const end = store.troubles[fault.trouble]?.(random);
      atEnd(() => {
        end?.();
        putSecrets(secrets, store);
      });
      break;
    }
    case 'second-poller': {
      const store = storeNamed(stores, fault.store);
      // The platform is slow just then, or the two would hardly meet.
      store.simulator.faults.add({ kind: 'slow', delayMs: 12_000, times: 1 });
      void account.poll(store);
      loop.setTimeout(() => void account.poll(store), random.next() * 6000);
      break;
    }
    case 'poison-webhook':
      poison(storeNamed(stores, fault.store), fault.body, world);
      break;
    case 'forged-webhook':
      forge(fault, world);
      break;
    case 'odd-number': {
      const store = storeNamed(stores, fault.store);
      const body = withNumber(store, fault);
      if (body === undefined) break;
      // The next word on a known order may be read again, and takes its place.
      if (fault.known) void account.webhook(webhookOf(store, body));
      else poison(store, body, world);
      break;
    }
    case 'poison-message':
      account.queues.get(fault.platform)?.send(poisonOf(fault.at), 0);
      break;
    case 'second-reconcile': {
      const store = storeNamed(stores, fault.store);
      store.simulator.faults.add({ kind: 'slow', delayMs: 7000, times: 3 });
      void account.reconcile(store);
      loop.setTimeout(() => void account.reconcile(store), 2000 + random.next() * 12_000);
      break;
    }
    case 'erase':
      erase(fault, world);
      break;
    case 'replay': {
      const { platform, source, reviewed } = fault;
      void account.operate(channelOf(platform), { do: 'replay', source, reviewed });
      break;
    }
    case 'redrive':
      redrive(fault.platform, world);
      break;
    case 'idle':
    case 'restore':
    case 'lost-pointer':
    case 'catch-up':
      beginOnFeed(fault, world);
      break;
    default:
      break;
  }
}

/** An operator whose command failed looks again: the alarm lasts until no dead letter is left (ms). */
const REDRIVEN_AGAIN_MS = 20 * 60_000;

/** Sends a platform's dead letters back, however often that is cut off. */
function redrive(platform: PlatformName, world: World): void {
  void world.account.operate(channelOf(platform), { do: 'redrive' }).then((done) => {
    if (!done) world.loop.setTimeout(() => redrive(platform, world), REDRIVEN_AGAIN_MS);
  });
}

/** What nobody can understand, with the platform's own proof of its origin: once it is acknowledged, it has to be seen. */
function poison(store: SimStore, body: string, { account, oddities }: World): void {
  void account.webhook(webhookOf(store, body)).then((status) => {
    if (status < 300) oddities.acknowledged(body);
  });
}

/** The store's newest order with a number in its lines, under an id of its own unless it is known; undefined before the first order. */
function withNumber(
  store: SimStore,
  fault: Extract<PlannedFault, { kind: 'odd-number' }>,
): string | undefined {
  const newest = store.truth().at(-1);
  if (newest === undefined) return undefined;
  const tail = String(Math.floor(fault.at)).padStart(8, '0').slice(-8);
  const id = fault.known ? newest.orderId : `${newest.orderId.slice(0, -8)}${tail}`;
  return JSON.stringify(newest.json)
    .replaceAll(newest.orderId, id)
    .replaceAll(/"(quantity|weight)":[\d.]+/g, `"$1":${fault.number}`);
}

/** A message that says nothing to us, and every other time is not even JSON. */
const poisonOf = (at: number): string =>
  Math.floor(at) % 2 === 0
    ? '{"kind":"not one of ours"}'
    : `{"kind":"not one of ours","name":${PLANTED_PERSON} x}`;

/** A webhook to where the store's orders come in, with the platform's own proof of its origin. */
function webhookOf(store: SimStore, body: string): WebhookRequest {
  const topic = store.module.addresses.webhook?.topic;
  const route = topic === undefined ? undefined : routeOf(store, topic);
  if (route === undefined) throw new Error(`${store.name} sends no webhooks`);
  return { path: route.path, headers: store.webhooks?.headersFor(body) ?? {}, body };
}

/** Somebody forges news of one of a store's orders, with the secret in hand. */
function forge(
  { store: name, final }: Extract<PlannedFault, { kind: 'forged-webhook' }>,
  { stores, history, random, account, forgeries, loop }: World,
): void {
  const store = storeNamed(stores, name);
  const ids = [...history.all()].flatMap((order) => (order.store === store ? [order.orderId] : []));
  const orderId = ids[Math.floor(random.next() * ids.length)];
  const body = orderId === undefined ? undefined : store.webhooks?.forged?.(orderId, final);
  if (orderId === undefined || body === undefined) return;
  forgeries.sent(orderKey(store, orderId), loop.now(), final);
  void account.webhook(webhookOf(store, body));
}

/** The buyers of some of a store's orders ask the platform for their erasure, and it asks us. */
function erase(
  { store: name, share }: Extract<PlannedFault, { kind: 'erase' }>,
  { stores, history, random, account, erasures }: World,
): void {
  const store = storeNamed(stores, name);
  const orders = [...history.all()].filter((order) => order.store === store && random.chance(share));
  const request = store.webhooks?.erasure?.(orders.map(({ orderId }) => orderId));
  if (request === undefined || orders.length === 0) return;
  const topic = store.module.addresses[request.address]?.topic;
  const route = topic === undefined ? undefined : routeOf(store, topic);
  if (route === undefined) throw new Error(`${name} has no address for erasures`);
  void account.webhook({ path: route.path, headers: request.headers, body: request.body }).then((status) => {
    if (status < 300) erasures.promised(orders.map(({ orderId }) => orderKey(store, orderId)));
  });
}
