import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namesIn, platformNames } from '../../scripts/platform-names.ts';

const names = ['redshop', 'quickmart'];
const linesOf = (file: string, source: string) => namesIn(file, source, names).map(({ line }) => line);

describe('the guard of platform names', () => {
  it('takes the names from the folders of the platforms', () => {
    const found = platformNames(join(import.meta.dirname, '../..'));

    expect(found).toEqual(expect.arrayContaining(['imotriz', 'nuvemshop', 'pedidosya', 'tiendanube']));
    expect(found).not.toContain('reading');
  });

  it('finds a name in any case, in code and in comments, with its line', () => {
    const source = "const a = 1;\n// RedShop does\nconst b = 'x';\nfetchFromQuickMart();";

    expect(linesOf('lib/channel.ts', source)).toEqual([2, 4]);
  });

  it("finds a name in a file's own path", () => {
    expect(linesOf('lib/redshop-channel.ts', '')).toEqual([0]);
  });

  it("leaves a platform's folder, its simulator, the registries and merchants' configuration alone", () => {
    for (const file of [
      'functions/platforms/redshop/client/call.ts',
      'local/platforms/redshop/routes.ts',
      'functions/platforms/registry.ts',
      'local/platforms/registry.ts',
      'chaos/plan/merchant.json',
    ]) {
      expect(linesOf(file, 'redshop')).toEqual([]);
    }
  });

  it('looks into what stands beside the folders of the platforms', () => {
    expect(linesOf('functions/platforms/platform.ts', 'redshop')).toEqual([1]);
    expect(linesOf('functions/platforms/reading/tolerant-reader.ts', 'redshop')).toEqual([1]);
    expect(linesOf('local/platforms/shared/wire.ts', 'redshop')).toEqual([1]);
  });

  it("lets a mutation name a platform's file, and nothing else of it", () => {
    const source =
      "patch('functions/platforms/redshop/order-time.ts', 'a', 'b')\nharm: 'redshop loses orders'";

    expect(linesOf('chaos/mutations/of-rows.ts', source)).toEqual([2]);
    expect(linesOf('chaos/plan/plan.ts', source)).toEqual([1, 2]);
  });
});
