import { describe, expect, it } from 'vitest';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';

const outlet = (storeId: string, ownCode?: string) => ({ storeId, ownCode, pickingMode: 'partner' });
const problemsOf = (stores: unknown[]) =>
  pedidosya
    .settings()
    .safeParse({ chains: [{ chainId: 'chain', country: 'uy', stores }] })
    .error?.issues.map(({ message }) => message) ?? [];

describe('the country of a chain', () => {
  const problemsIn = (country: string, more: object = {}) => {
    const chain = { chainId: 'chain', country, stores: [outlet('nbet')], ...more };
    return pedidosya.settings().safeParse({ chains: [chain] }).error?.issues ?? [];
  };

  it('is refused where its currency is not known: each of its orders would wait for a person', () => {
    expect(problemsIn('mx')).toMatchObject([
      {
        path: ['chains', 0],
        message: expect.stringContaining('no currency is known for this country; set it under currencies'),
      },
    ]);
  });

  it('may be any whose currency is said', () => {
    expect(problemsIn('mx', { currencies: { mx: 'MXN' } })).toEqual([]);
  });
});

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
