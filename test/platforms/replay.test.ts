import { describe, expect, it } from 'vitest';
import { merchantNamed } from '../../config/merchant.ts';
import { replayStored } from '../../functions/pipeline/replay/replay.ts';
import { platforms } from '../../functions/platforms/registry.ts';
import { simulators } from '../../local/platforms/registry.ts';
import { localTables } from '../support/local-tables.ts';
import { openSimulated } from '../support/simulated-platform.ts';

const tables = localTables();
const demo = merchantNamed('demo');

describe.each(platforms().map((platform) => [platform.name, platform] as const))(
  'bytes of %s that are understood by now',
  (name, platform) => {
    it('become the order, without a call to the platform', async () => {
      // Arrange
      const settings = demo.platforms[name] as object;
      const bed = await openSimulated(tables, platform, { module: simulators.get(name)!, settings });
      const id = bed.account.place();
      const key = bed.key(id);
      await bed.notUnderstood(id, Buffer.from(JSON.stringify(bed.account.truth(id)[0]?.json)));
      await bed.advance(60_000);
      const replay = (dryRun: boolean) =>
        replayStored(bed.context(), key, { dryRun, correlationId: 'ops-1' });

      // Act
      const preview = await replay(true);
      const between = await bed.row(id);
      const done = await replay(false);
      const again = await replay(false);

      // Assert
      expect(preview).toEqual(done);
      expect(between?.state).toBe('needs-review');
      expect(done).toMatchObject({
        result: 'updated',
        changes: expect.arrayContaining(['state', 'totals']) as string[],
      });
      expect(await bed.row(id)).toMatchObject({
        state: 'ok',
        origin: { first: { via: 'webhook' }, last: { via: 'replay' } },
      });
      expect(again.result).toBe('unchanged');
      expect(JSON.stringify(preview)).not.toMatch(/@|"name"/);
      expect(bed.calls).toEqual([]);
    });
  },
);
