import { describe, expect, it } from 'vitest';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';

const outlet = (storeId: string, ownCode?: string) => ({ storeId, ownCode, pickingMode: 'partner' });
const problemsOf = (stores: unknown[]) =>
  pedidosya
    .settings()
    .safeParse({ chains: [{ chainId: 'chain', country: 'uy', stores }] })
    .error?.issues.map(({ message }) => message) ?? [];

describe('the outlets of a chain', () => {
  it.each([
    ['have one id', [outlet('nbet'), outlet('nbet')]],
    ['have one own code', [outlet('nbet', 'store-1'), outlet('s8ym', 'store-1')]],
    ['have a code that is the id of another', [outlet('nbet', 's8ym'), outlet('s8ym')]],
  ])('are refused where they %s: an order names its outlet by either', (_, stores) => {
    expect(problemsOf(stores)).toEqual([expect.stringContaining('two outlets have the same')]);
  });

  it('may have a code of their own that is the id of the same outlet', () => {
    expect(problemsOf([outlet('nbet', 'nbet'), outlet('s8ym', 'store-2')])).toEqual([]);
  });
});
