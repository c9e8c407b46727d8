import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { LocalCloudError } from '../errors.ts';
import { assetsSchema, manifestSchema, metadataSchema, type Template, templateSchema } from './schema.ts';

export interface StackTemplate {
  /** CloudFormation stack name. */
  name: string;
  template: Template;
  /** Logical id -> construct path without the leading slash. */
  paths: ReadonlyMap<string, string>;
  /** Object key of a file asset -> its absolute path in the assembly. */
  assets: ReadonlyMap<string, string>;
  /** Account and region when the app fixed them, undefined when it is environment-agnostic. */
  account?: string;
  region?: string;
}

/**
 * Reads a synthesized cloud assembly: the stacks of `manifest.json`, nested stages included, with the assets that their
 * functions run.
 *
 * @throws LocalCloudError when the folder is not an assembly or one of its files cannot be read.
 */
export function readAssembly(folder: string): StackTemplate[] {
  const root = resolve(folder);
  if (!existsSync(join(root, 'manifest.json'))) {
    throw new LocalCloudError(
      'assembly-missing',
      `There is no cloud assembly in ${root}: it has no manifest.json. Synthesize the app first (npm run synth).`,
    );
  }
  const { artifacts } = readJson(root, 'manifest.json', manifestSchema);
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    const properties = artifact.properties ?? {};
    if (artifact.type === 'cdk:cloud-assembly' && properties.directoryName) {
      return readAssembly(join(root, properties.directoryName));
    }
    if (artifact.type !== 'aws:cloudformation:stack' || !properties.templateFile) return [];
    const metadata = artifact.additionalMetadataFile
      ? readJson(root, artifact.additionalMetadataFile, metadataSchema)
      : metadataSchema.parse(artifact.metadata ?? {});
    const template = readJson(root, properties.templateFile, templateSchema);
    const assetFile = artifacts[`${id}.assets`]?.properties?.file;
    return [
      {
        name: properties.stackName ?? id,
        template,
        paths: constructPaths(template, metadata),
        assets: assetFile ? assetPaths(root, assetFile) : new Map(),
        ...environmentOf(artifact.environment),
      },
    ];
  });
}

function constructPaths(template: Template, metadata: z.output<typeof metadataSchema>): Map<string, string> {
  const paths = new Map<string, string>();
  for (const [path, entries] of Object.entries(metadata)) {
    for (const entry of entries) {
      if (entry.type === 'aws:cdk:logicalId' && typeof entry.data === 'string') {
        paths.set(entry.data, path.replace(/^\//, ''));
      }
    }
  }
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const path = resource.Metadata?.['aws:cdk:path'];
    if (typeof path === 'string') paths.set(logicalId, path);
  }
  return paths;
}

function assetPaths(root: string, file: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const asset of Object.values(readJson(root, file, assetsSchema).files)) {
    for (const destination of Object.values(asset.destinations)) {
      if (asset.source.path) paths.set(destination.objectKey, join(root, asset.source.path));
    }
  }
  return paths;
}

function environmentOf(environment: string | undefined): { account?: string; region?: string } {
  const [, account, region] = environment?.match(/^aws:\/\/([^/]+)\/(.+)$/) ?? [];
  return {
    ...(account && account !== 'unknown-account' ? { account } : {}),
    ...(region && region !== 'unknown-region' ? { region } : {}),
  };
}

function readJson<T extends z.ZodType>(root: string, name: string, schema: T): z.output<T> {
  const file = join(root, name);
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new LocalCloudError(
      'assembly-unreadable',
      `${file} is not what the local cloud can read: ${why}. Synthesize the app again (npm run synth).`,
      { cause: error },
    );
  }
}
