import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { type Merchant, merchantFile, merchantSchema, readMerchant } from '../../config/merchant.ts';
import { addMerchantStacks, type StackOptions } from '../../lib/merchant-stacks.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  DependsOn: z.union([z.array(z.string()), z.string().transform((one) => [one])]).default([]),
});
const outputSchema = z.looseObject({
  Description: z.string().optional(),
  Value: z.unknown(),
  Export: z.looseObject({ Name: z.string() }).optional(),
});
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z.record(z.string(), outputSchema).default({}),
});
export type Resource = z.infer<typeof resourceSchema> & { id: string };
export type Output = z.infer<typeof outputSchema> & { key: string };

export interface SynthesizedStack {
  readonly name: string;
  readonly terminationProtection: boolean;
  readonly resources: readonly Resource[];
  readonly outputs: readonly Output[];
}

export const ROOT = join(import.meta.dirname, '..', '..');
export const demo: Merchant = readMerchant(merchantFile('demo'));

/** The demo's settings, as far as tests change them. */
export const settings = z
  .object({
    nuvemshop: z.looseObject({ stores: z.array(z.looseObject({})) }),
    pedidosya: z.object({ chains: z.array(z.looseObject({})) }),
    imotriz: z.object({ stores: z.array(z.looseObject({})) }),
  })
  .parse(demo.platforms);

/** The merchant of the demo with some of its configuration replaced. */
export const merchantWith = (changes: Record<string, unknown>): Merchant =>
  merchantSchema().parse({ ...demo, ...changes });

/** The CDK app of a merchant, with every flag of cdk.json and without bundles. */
export function appOf(merchant: Merchant, options: StackOptions = {}): App {
  const { context } = z
    .object({ context: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  const app = new App({
    outdir: temporaryFolder('assembly'),
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  addMerchantStacks(app, merchant, options);
  return app;
}

/** Made once for a merchant: it takes a second, and files share them. */
const made = new Map<string, readonly SynthesizedStack[]>();

/** The templates of a merchant's stacks, in the order they are deployed; frozen, because they are shared. */
export function stacksOf(merchant: Merchant, options: StackOptions = {}): readonly SynthesizedStack[] {
  const key = JSON.stringify([merchant, options]);
  const stacks = made.get(key) ?? frozen(templatesOf(appOf(merchant, options)));
  made.set(key, stacks);
  return stacks;
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) frozen(one);
  return Object.freeze(value);
}

/** The templates of an app. */
export function templatesOf(app: App): SynthesizedStack[] {
  return app.synth().stacks.map((stack) => {
    const template = templateSchema.parse(stack.template);
    return {
      name: stack.stackName,
      terminationProtection: stack.terminationProtection ?? false,
      resources: Object.entries(template.Resources).map(([id, one]) => ({ id, ...one })),
      outputs: Object.entries(template.Outputs).map(([key, one]) => ({ key, ...one })),
    };
  });
}

export const resourcesOf = (stacks: readonly SynthesizedStack[], type?: string): Resource[] =>
  stacks.flatMap((stack) => stack.resources).filter((one) => type === undefined || one.Type === type);

/** An intrinsic as text: what does not depend on the deployment stays, and each token becomes its logical id. */
export function flatten(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  const intrinsic = z
    .union([
      z.strictObject({ Ref: z.string() }).transform((one) => one.Ref),
      z
        .strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
        .transform((one) => one['Fn::GetAtt'].join('.')),
      z.strictObject({ 'Fn::ImportValue': z.string() }).transform((one) => one['Fn::ImportValue']),
      z
        .strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })
        .transform(({ 'Fn::Join': [by, parts] }) => parts.map(flatten).join(by)),
      z
        .strictObject({
          'Fn::Select': z.tuple([
            z.number(),
            z.strictObject({ 'Fn::Split': z.tuple([z.string(), z.unknown()]) }),
          ]),
        })
        .transform(({ 'Fn::Select': [at, { 'Fn::Split': split }] }) => `${at} of ${flatten(split[1])}`),
    ])
    .safeParse(value);
  if (!intrinsic.success)
    throw new Error(`an intrinsic that the tests do not know: ${JSON.stringify(value)}`);
  return intrinsic.data;
}
