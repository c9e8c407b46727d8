import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { leanErrors } from './lean-errors.ts';
import { instead, type Lean, replacing, rewrite, unreached } from './rewrite.ts';

const PACKAGES = join(import.meta.dirname, '../../node_modules');
/** Who made what stands in the packages, as errors name it. */
const SDK = 'the SDK';
/** Packages whose parts are imported each by its own name. */
const CORES = ['@smithy/core', '@aws-sdk/core'];
const CLIENTS = ['dynamodb', 'eventbridge', 'secrets-manager', 'sqs'].map(
  (name) => `@aws-sdk/client-${name}`,
);

const partitionsSchema = z.looseObject({
  partitions: z.array(
    z.looseObject({ id: z.string(), regionRegex: z.string(), regions: z.record(z.string(), z.unknown()) }),
  ),
});
/** Where a region is that no pattern fits. */
const OTHERWISE = 'aws';

/** The partitions of AWS without the names of their regions, but of those whose pattern says another partition. */
const withoutRegions: Lean = (text) => {
  const [before, literal = '', ...more] = text.split('export const partitionsInfo = ');
  if (before !== '' || more.length > 0) throw new Error('it holds more than the partitions');
  const { partitions, ...rest } = partitionsSchema.parse(JSON.parse(literal.replace(/;\s*$/, '')));
  const byPattern = (region: string) =>
    partitions.find(({ regionRegex }) => new RegExp(regionRegex).test(region))?.id ?? OTHERWISE;
  const lean = partitions.map(({ regions, ...partition }) => ({
    ...partition,
    regions: Object.fromEntries(
      Object.keys(regions)
        .filter((region) => byPattern(region) !== partition.id)
        .map((region) => [region, {}]),
    ),
  }));
  return `export const partitionsInfo = ${JSON.stringify({ ...rest, partitions: lean })};\n`;
};

/** Files of the SDK's cores among the parts of both, and what functions have of them. */
const CORE_FILES: Readonly<Record<string, Lean>> = {
  'client/util-endpoints/lib/aws/partitions.js': withoutRegions,
  // Node hashes by itself.
  'checksum/sha256/Sha256Js.js': unreached,
  'checksum/md5/Md5Js.js': unreached,
  // What a function is told stands in its environment: it has no person's files.
  'config/shared-ini-file-loader/loadSharedConfigFiles.js': instead(
    `export { CONFIG_PREFIX_SEPARATOR } from "./constants";
export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
`,
  ),
  // It runs on no instance that could tell the region.
  'config/config-resolver/regionConfig/getInstanceMetadataRegion.js': instead(
    'export const getInstanceMetadataRegion = async () => undefined;\n',
  ),
  'endpoints/middleware-endpoint/service-customizations/s3.js': unreached,
  // No call that functions make has its input in the host's name. One that had would fail: its host would hold a brace.
  'protocols/HttpProtocol.js': replacing(
    `HttpBindingNormalizedSchema.of(operationSchema.input).getHttpBindings().request
            .memberBindings`,
    '[]',
  ),
  // Nobody sets AWS_RETRY_MODE; whoever did so by hand would have the standard one.
  'retry/util-retry/AdaptiveRetryStrategy.js': instead(
    `import { StandardRetryStrategy } from "./StandardRetryStrategy";
export class AdaptiveRetryStrategy extends StandardRetryStrategy {
    constructor(maxAttempts, options) {
        super(options ?? maxAttempts);
    }
}
`,
  ),
};

const CREDENTIALS = '@aws-sdk/credential-provider-node';
/** Lambda puts the credentials of a function's role into its environment. */
const OF_ENVIRONMENT = instead(`import { fromEnv } from "@aws-sdk/credential-provider-env";
export const defaultProvider = fromEnv;
export const credentialsWillNeedRefresh = () => false;
export const credentialsTreatedAsExpired = () => false;
`);

/**
 * Puts copies of the SDK's clients and of its core into a folder, without what no function reaches: it stands in files that are
 * imported by relative paths, which no alias of the bundler's reaches. Returns the aliases by which a bundle has the copies.
 *
 * @param packages the folder that has the SDK
 * @throws DeployError when a file of the SDK is not as it is known here: whoever renews the SDK looks at it again
 */
export function leanSdk(folder: string, packages: string = PACKAGES): Record<string, string> {
  const aliases: Record<string, string> = {};
  for (const name of CLIENTS) {
    const client = copied(name, { packages, folder });
    const [models, schemas] = ['models/errors.js', 'schemas/schemas_0.js'];
    rewrite({ folder: client, of: SDK }, [models, schemas], ([first = '', second = '']) => {
      const lean = leanErrors(first, second);
      return [lean.models, lean.schemas];
    });
    aliases[name] = join(client, 'index.js');
  }
  const credentials = copied(CREDENTIALS, { packages, folder });
  rewrite({ folder: credentials, of: SDK }, ['defaultProvider.js'], (texts) => texts.map(OF_ENVIRONMENT));
  aliases[CREDENTIALS] = join(credentials, 'defaultProvider.js');
  const cores = CORES.map((name) => join(copied(name, { packages, folder }), 'submodules'));
  for (const [file, lean] of Object.entries(CORE_FILES)) {
    const core = cores.find((one) => existsSync(join(one, file))) ?? '';
    rewrite({ folder: core, of: SDK }, [file], (texts) => texts.map(lean));
  }
  for (const name of CORES)
    for (const [part, module] of exportsOf(join(packages, name)))
      aliases[join(name, part)] = join(folder, name, module);
  return aliases;
}

/** Copies the modules of a package. Returns their folder. */
function copied(name: string, { packages, folder }: { packages: string; folder: string }): string {
  const modules = join(folder, name, 'dist-es');
  cpSync(join(packages, name, 'dist-es'), modules, { recursive: true });
  writeFileSync(join(folder, name, 'package.json'), '{"type":"module","sideEffects":false}');
  return modules;
}

const packageSchema = z.object({ exports: z.record(z.string(), z.unknown()) });
const moduleSchema = z.object({ module: z.string() });

/** The modules that a package exports, by what is imported. */
function exportsOf(folder: string): [string, string][] {
  const { exports } = packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  return Object.entries(exports).flatMap(([part, how]): [string, string][] => {
    const { data } = moduleSchema.safeParse(how);
    return data === undefined ? [] : [[part, data.module]];
  });
}
