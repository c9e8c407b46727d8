import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { platformNameSchema } from '../../../domain/order.ts';
import { answered } from '../platform-problem.ts';
import { route } from '../route.ts';
import { storeField, storeOf } from '../store-of.ts';

const texts = () => z.record(z.string(), z.string());

const tree = lazily(() =>
  z.object({
    items: z.array(
      z.object({
        /** The platform's, as `categories` of a product take it. */
        id: z.string(),
        /** Absent at the top. */
        parentId: z.string().optional(),
        /** By language. */
        name: texts(),
        /** Names from the top down, in the store's main language. */
        path: z.array(z.string()),
      }),
    ),
  }),
);

export const listCategories = route({
  operation: 'listCategories',
  method: 'GET',
  path: '/v1/categories',
  scopes: ['catalogue'],
  summary: 'The categories of a store',
  description: 'The whole tree, flat, as the platform has it now: it is asked, by the limit of the store.',
  query: () => z.strictObject({ platform: platformNameSchema(), store: storeField() }),
  answer: { status: 200, description: 'The tree.', schema: tree },
  problems: [
    'request-invalid',
    'store-unknown',
    'endpoint-unknown',
    'platform-refused',
    'platform-stopped',
    'platform-busy',
  ],
  personal: false,
  async handle({ query: { platform, store }, requestId }, context) {
    const places = await context.places();
    const asked = await places.categories(storeOf(context.stores, platform, store), {
      correlationId: requestId,
    });
    return { status: 200, body: { items: answered(asked) } };
  },
});
