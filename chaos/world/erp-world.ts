import { endpointKey } from '../../functions/storage/erp-keys.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { currentInvocation } from '../aws/invocation.ts';
import type { Tables } from '../aws/tables.ts';
import type { Tearing } from '../aws/torn-query.ts';
import { SIGNING_SECRET, TABLE } from '../plan/merchant.ts';
import type { Loop } from '../time/loop.ts';
import { ENDPOINT } from './erp-containers.ts';
import type { FaultPlayer } from './fault-player.ts';
import { isOfErp } from './function-names.ts';

/** The merchant's endpoint, as `webhooks add` leaves it before there is any event. */
export function openEndpoint(tables: Tables, secrets: Map<string, string>, createdAt: number): void {
  const secret = `whsec_${Buffer.alloc(32, 'simulated').toString('base64')}`;
  secrets.set(SIGNING_SECRET, JSON.stringify({ [ENDPOINT]: [secret] }));
  const Item = {
    ...endpointKey(ENDPOINT),
    id: ENDPOINT,
    url: 'https://erp.invalid/events',
    status: 'active',
    epoch: 0,
    seq: 0,
    createdAt,
  };
  tables.put({ TableName: TABLE.control, Item });
}

/** Queries of the merchant's own side are torn while such a fault lasts. */
export const tearingBy =
  (player: FaultPlayer, loop: Loop, random: SeededRandom) => (): Tearing | undefined => {
    if (!isOfErp(currentInvocation()?.name ?? '')) return undefined;
    const fault = player.now('torn-queries');
    if (fault === undefined || !random.chance(fault.chance)) return undefined;
    return { loop, random, lastsMs: fault.mostMs * random.next() };
  };
