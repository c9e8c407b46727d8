import * as z from 'zod';
import type { Json } from '../json.ts';

const json = z.unknown().transform((value) => value as Json);

export const manifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.string().optional(),
      properties: z
        .looseObject({
          templateFile: z.string().optional(),
          file: z.string().optional(),
          stackName: z.string().optional(),
          directoryName: z.string().optional(),
        })
        .optional(),
      additionalMetadataFile: z.string().optional(),
      metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

/** Construct path -> entries; the ones of type `aws:cdk:logicalId` name the resource that the path became. */
export const metadataSchema = z.record(
  z.string(),
  z.array(z.looseObject({ type: z.string(), data: z.unknown().optional() })),
);

export const assetsSchema = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string().optional(), packaging: z.string().optional() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), json).default({}),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  Condition: z.string().optional(),
});

export const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  // Rules only assert things about parameters before a deployment, such as the age of the bootstrap stack.
  Rules: z.unknown().optional(),
  Mappings: z.record(z.string(), json).default({}),
  Conditions: z.record(z.string(), json).default({}),
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: json.optional() })).default({}),
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({
        Value: json,
        Export: z.looseObject({ Name: json }).optional(),
        Condition: z.string().optional(),
      }),
    )
    .default({}),
});
export type Template = z.output<typeof templateSchema>;
