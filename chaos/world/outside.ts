import { createHmac } from 'node:crypto';
import { ROUTES } from '../../functions/platforms/routes.ts';
import { beginOf, type PlannedFault } from './fault-kinds.ts';
import { place, take } from './lives.ts';
import { SECRET } from './merchant.ts';
import type { World } from './open-world.ts';

/** Puts everything that happens from outside on the time line: orders and their lives, and faults that are events. */
export function letItHappen(world: World): void {
  const { plan, loop, start, platforms, history } = world;
  const { nuvemshop, pedidosya, imotriz } = platforms;
  const worlds = { nuvemshop: nuvemshop.world, pedidosya: pedidosya.world, imotriz: imotriz.world };
  for (const order of plan.orders) {
    const { platform } = order;
    loop.at(start + order.at, () => {
      const id = place(worlds, platform);
      history.look(platform, id);
      for (const step of order.steps) {
        loop.at(start + step.at, () => {
          if (take(worlds, platform, id, step.do)) history.look(platform, id);
        });
      }
    });
  }
  for (const fault of plan.faults) {
    loop.at(start + beginOf(fault), () => begin(fault, world));
  }
}

/** Begins a fault, and ends it when its span is over. Those that hit single requests are played elsewhere. */
function begin(fault: PlannedFault, world: World): void {
  const { loop, start, platforms, secrets, account, oddities } = world;
  const { nuvemshop, pedidosya, imotriz } = platforms;
  const atEnd = (work: () => void) => 'to' in fault && loop.at(start + fault.to, work);
  switch (fault.kind) {
    case 'platform':
      atEnd(platforms[fault.platform].faults.add({ ...fault.fault, probability: fault.chance }));
      break;
    case 'unruly-webhooks': {
      const unruly = { duplicateProbability: 0.3, reorderProbability: 0.3, disorderMs: 20_000 };
      const calm = { duplicateProbability: 0, reorderProbability: 0 };
      const configure =
        fault.platform === 'nuvemshop'
          ? nuvemshop.world.configureDelivery
          : pedidosya.world.configureWebhooks;
      configure(unruly);
      atEnd(() => configure(calm));
      break;
    }
    case 'token-replaced':
      if (fault.platform === 'nuvemshop') nuvemshop.world.install();
      else imotriz.world.renewToken();
      atEnd(() => {
        const { accessToken } = nuvemshop.world.credentials();
        secrets.set(SECRET.nuvemshopStore, JSON.stringify({ accessToken }));
        secrets.set(SECRET.imotriz, JSON.stringify({ token: imotriz.world.token }));
      });
      break;
    case 'suspended':
      nuvemshop.world.suspend();
      atEnd(() => nuvemshop.world.resume());
      break;
    case 'no-sync-date':
      imotriz.world.setSyncFrom(null);
      atEnd(() => imotriz.world.setSyncFrom(start - 24 * 3_600_000));
      break;
    case 'second-poller':
      // The platform is slow just then, or the two would hardly meet.
      imotriz.faults.add({ kind: 'slow', delayMs: 12_000, times: 1 });
      void account.poll();
      loop.setTimeout(() => void account.poll(), world.random.next() * 6000);
      break;
    case 'poison-webhook':
      void account.webhook(webhookOf(fault, secrets)).then((status) => {
        if (status < 300) oddities.acknowledged(fault.body);
      });
      break;
    case 'poison-message':
      account.queues.get(fault.platform)?.send('{"kind":"not one of ours"}', 0);
      break;
    case 'broken-page':
      imotriz.world.breakPages(fault.how);
      break;
    case 'replay':
      replay(fault.share, world);
      break;
    default:
      break;
  }
}

function webhookOf(
  { platform, body }: Extract<PlannedFault, { kind: 'poison-webhook' }>,
  secrets: Map<string, string>,
): { path: string; headers: Record<string, string>; body: string } {
  if (platform === 'pedidosya') {
    const { secret } = JSON.parse(secrets.get(SECRET.pedidosyaWebhook) ?? '{}');
    return { path: ROUTES.pedidosya, headers: { authorization: secret }, body };
  }
  const { clientSecret } = JSON.parse(secrets.get(SECRET.nuvemshopApp) ?? '{}');
  const signature = createHmac('sha256', clientSecret).update(body).digest('hex');
  return { path: ROUTES.nuvemshopEvents, headers: { 'x-linkedstore-hmac-sha256': signature }, body };
}

/** What a replay of many orders sends: requests to fetch each again, last in the line. */
function replay(share: number, { loop, random, account, history }: World): void {
  for (const { platform, orderId } of history.all()) {
    if (platform !== 'nuvemshop' || !random.chance(share)) continue;
    const message = {
      kind: 'nuvemshop.refetch',
      v: 1,
      correlationId: `replay-${loop.now()}-${orderId}`,
      receivedAt: Math.round(loop.now()),
      orderId,
      origin: 'replay',
      class: 'bulk',
    };
    account.queues.get('nuvemshop')?.send(JSON.stringify(message), 0);
  }
}
