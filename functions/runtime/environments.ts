import * as z from 'zod';
import { imotrizSettings, nuvemshopSettings, pedidosyaSettings } from '../platforms/settings.ts';

/**
 * The environment variables of each function: what the deployment sets and the function reads, from one schema. Values
 * are never secrets; a secret's name is.
 */

const common = z.object({
  MERCHANT: z.string().min(1),
  LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
});
const jsonOf = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const receiver = common.extend({ QUEUE_URL: z.string().min(1), SECRET_ID: z.string().min(1) });
const consumer = common.extend({
  QUEUE_URL: z.string().min(1),
  ORDERS_TABLE: z.string().min(1),
  CONTROL_TABLE: z.string().min(1),
  /** Days that the platform's own bytes are kept beside the order. */
  RAW_DAYS: z.coerce.number().int().min(1),
});

const reconciler = common.extend({
  ORDERS_TABLE: z.string().min(1),
  CONTROL_TABLE: z.string().min(1),
  SECRET_ID: z.string().min(1),
});

export const ENVIRONMENTS = {
  'nuvemshop-webhook': receiver,
  'pedidosya-webhook': receiver,
  'nuvemshop-install': common.extend({
    APP_SECRET_ID: z.string().min(1),
    STORE_SECRET_ID: z.string().min(1),
    CONTROL_TABLE: z.string().min(1),
    /** Where the store's webhooks are sent. */
    WEBHOOK_URL: z.string().min(1),
    SETTINGS: jsonOf(nuvemshopSettings),
  }),
  'imotriz-poll': receiver.extend({ CONTROL_TABLE: z.string().min(1), SETTINGS: jsonOf(imotrizSettings) }),
  'nuvemshop-orders': consumer.extend({ SECRET_ID: z.string().min(1), SETTINGS: jsonOf(nuvemshopSettings) }),
  'pedidosya-orders': consumer.extend({ SETTINGS: jsonOf(pedidosyaSettings) }),
  'imotriz-orders': consumer.extend({ SETTINGS: jsonOf(imotrizSettings) }),
  'nuvemshop-reconcile': reconciler.extend({
    QUEUE_URL: z.string().min(1),
    SETTINGS: jsonOf(nuvemshopSettings),
  }),
  'pedidosya-reconcile': reconciler.extend({
    RAW_DAYS: consumer.shape.RAW_DAYS,
    SETTINGS: jsonOf(pedidosyaSettings),
  }),
  'imotriz-reconcile': reconciler.extend({
    RAW_DAYS: consumer.shape.RAW_DAYS,
    SETTINGS: jsonOf(imotrizSettings),
  }),
} as const;

/** Names of our functions; also the names of their bundles. */
export type FunctionName = keyof typeof ENVIRONMENTS;
export type EnvironmentOf<N extends FunctionName> = z.output<(typeof ENVIRONMENTS)[N]>;
/** What the deployment has to set for a function: strings only. */
export type VariablesOf<N extends FunctionName> = { [K in keyof z.input<(typeof ENVIRONMENTS)[N]>]: string };
