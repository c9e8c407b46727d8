import type { Merchant } from '../../config/merchant.ts';
import { demo, merchantWith, settings } from './assembly.ts';

const [chain] = settings.pedidosya.chains;

/** A chain with many outlets. */
export const chainOf = (outlets: number): Merchant =>
  merchantWith({
    platforms: {
      pedidosya: {
        chains: [
          {
            ...chain,
            stores: Array.from({ length: outlets }, (_, index) => ({
              storeId: `outlet-${index}`,
              ownCode: `own-code-${index}`,
              pickingMode: 'partner',
            })),
          },
        ],
      },
    },
  });

/** So many stores of one platform, each with a secret. */
export const storesOf = (stores: number): Merchant => {
  const [store] = settings.imotriz.stores;
  const many = Array.from({ length: stores }, (_, index) => ({ ...store, storeId: `store-${index}` }));
  return merchantWith({ platforms: { imotriz: { stores: many } } });
};

const two = (one: object | undefined, key: string): object[] =>
  ['1001', '1002'].map((id) => ({ ...one, [key]: id }));

/** What one merchant may well have at once: each list of stores with two, and all that makes queues. */
const twoOfEach = merchantWith({
  name: 'un-comercio-del-sur',
  stock: {},
  platforms: {
    nuvemshop: { ...settings.nuvemshop, stores: two(settings.nuvemshop.stores[0], 'storeId') },
    pedidosya: { ...settings.pedidosya, chains: two(chain, 'chainId') },
    imotriz: { ...settings.imotriz, stores: two(settings.imotriz.stores[0], 'storeId') },
  },
});

/** Merchants whose templates reach what the demo's do not. */
export const MERCHANTS: [string, Merchant][] = [
  ['the demo', demo],
  ['a name of 31 characters', merchantWith({ name: 'abcdefghij-abcdefghij-abcdefghi' })],
  ['a chain of 400 outlets', chainOf(400)],
  ['stock that is counted', merchantWith({ stock: {} })],
  ['two stores of each platform, stock that is counted and a long name', twoOfEach],
  ['one platform only', merchantWith({ platforms: { imotriz: demo.platforms.imotriz } })],
  [
    'a domain of its own, and no budget',
    merchantWith({
      monthlyBudgetUsd: undefined,
      webhookDomain: {
        name: 'hooks.example.com',
        certificateArn: 'arn:aws:acm:sa-east-1:123456789012:certificate/0a1b',
      },
    }),
  ],
];
