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

/** Merchants whose templates reach what the demo's do not. */
export const MERCHANTS: [string, Merchant][] = [
  ['the demo', demo],
  ['a name of 31 characters', merchantWith({ name: 'abcdefghij-abcdefghij-abcdefghi' })],
  ['a chain of 400 outlets', chainOf(400)],
  ['stock that is counted', merchantWith({ stock: {} })],
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
