import * as z from 'zod';
import { COMMAND_STATES } from '../../../domain/command.ts';
import { erpCustomerInput, externalIdSchema } from '../../../domain/erp-customer.ts';
import { subjectName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import { platformNameSchema } from '../../../domain/order.ts';
import { CUSTOMERS_PERSONAL } from '../customer-view.ts';
import { Problem } from '../problem.ts';
import { route } from '../route.ts';
import { storeOf } from '../store-of.ts';

const result = lazily(() =>
  z.object({
    /** `platform:store:erp-customer:id`; the `key` of events about it. */
    customer: z.string(),
    /** The id of the command, for `GET /v1/commands/{id}` and in events. */
    command: z.string(),
    /** `known`: the same is under way already. */
    result: z.enum(['accepted', 'known']),
    state: z.enum(COMMAND_STATES),
  }),
);

export const putCustomer = route({
  operation: 'putCustomer',
  method: 'PUT',
  path: '/v1/customers/{externalId}',
  scopes: ['customers', CUSTOMERS_PERSONAL],
  summary: 'Say what a customer of yours is to be at a platform',
  description:
    'Looked for before it is made: by your id, by e-mail, by document. What you leave out stays; the last one wins; the same again only looks. Nobody is invited unless `invite` says so. What you send is kept until the command ends, at most for a week.',
  parameters: () =>
    z.strictObject({
      externalId: externalIdSchema().meta({
        description: 'Your own id of the customer. It stands in events, so it must name nobody.',
      }),
    }),
  query: () =>
    z.strictObject({
      platform: platformNameSchema.meta({ description: 'The platform that the customer is to be at.' }),
      store: z
        .string()
        .max(128)
        .optional()
        .meta({ description: 'Which store of the platform; not needed where there is one.' }),
    }),
  body: { schema: erpCustomerInput, maxBytes: 32 * 1024 },
  answer: { status: 202, description: 'What became of it.', schema: result },
  problems: [
    'request-invalid',
    'body-too-large',
    'body-type',
    'body-not-json',
    'store-unknown',
    'command-refused',
  ],
  personal: false,
  async handle({ path: { externalId }, query: { platform, store }, body, client, requestId }, context) {
    const acceptance = await context.writeCustomer({
      client: client.name,
      key: { ...storeOf(context.stores, platform, store), externalId },
      input: body,
      correlationId: requestId,
    });
    if (acceptance.outcome === 'refused') throw new Problem('command-refused', { detail: acceptance.reason });
    const { key, command, outcome } = acceptance;
    return {
      status: 202,
      body: { customer: subjectName(key), command: command.id, result: outcome, state: command.state },
    };
  },
});
