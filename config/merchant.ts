import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import type { StockSettings } from '../functions/domain/stock/settings.ts';
import { tokenWord } from '../functions/erp/tokens.ts';
import type { Platform } from '../functions/platforms/platform.ts';
import { platforms } from '../functions/platforms/registry.ts';
import type { Store } from '../functions/platforms/store.ts';
import type { StoreName } from '../functions/storage/keys.ts';
import { repeatedKeys } from './repeated-keys.ts';
import { stockProblems, stockSchema, stockSettingsOf } from './stock.ts';
import { NotUtf8, readText } from './text-file.ts';

/**
 * One merchant's deployment: `config/merchants/<name>.json`. Holds no secret. Every key that is not written here, or in the
 * settings of a platform, is an error that names it, because a typo must not silently fall back to a default.
 *
 * Made when it is asked for: it knows the platforms that are registered then.
 */
export const merchantSchema = () =>
  z.strictObject({
    /** Lower-case name; the first part of every stack's name, so two merchants never meet. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,30}$/, 'must be lower-case letters, digits and dashes, 2 to 31 long'),
    /** AWS account and region. Absent: those of the caller's credentials. */
    account: z
      .string()
      .regex(/^\d{12}$/, 'must be the 12 digits of an AWS account')
      .optional(),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must look like "sa-east-1"')
      .default('sa-east-1'),
    /** Where alarms are sent. */
    alarmEmail: z.email(),
    /** First part of the links to the runbook in alarm texts. */
    runbookUrl: z
      .url()
      .refine((text) => !text.includes('#'), 'must not hold "#": the article of each alarm comes behind it')
      .default('https://github.com/acopio/acopio/blob/main/docs/runbook.md'),
    /** Hours without any webhook after which someone is told; choose more than the shop's quietest night. */
    webhookQuietHours: z.int().min(1).max(168).default(12),
    /** Days that the platforms' own bytes are kept beside each order. */
    rawDays: z.int().min(1).max(3650).default(90),
    /** Days that logs are kept; one of the values CloudWatch Logs knows. */
    logDays: z
      .union([
        z.literal(7),
        z.literal(14),
        z.literal(30),
        z.literal(60),
        z.literal(90),
        z.literal(180),
        z.literal(365),
      ])
      .default(30),
    /**
     * Monthly AWS cost of the account in USD above which someone is told. Absent: nobody is told, which is right for an
     * account whose owner does not let it see its bills: AWS would refuse the budget, and with it the deployment.
     */
    monthlyBudgetUsd: z.number().positive().optional(),
    /**
     * Whether other functions run in this account and region as well. Each of ours then has alarms of its own on errors and
     * throttles, at 0.20 USD a month, in place of two over all functions of the account.
     */
    accountIsShared: z.boolean().default(false),
    /**
     * Functions that the account may run at once in this region. 10 is what AWS gives a new account; write here what
     * Service Quotas shows, so that the queues are worked off by as many.
     */
    concurrentExecutions: z.int().min(10).max(100_000).default(10),
    /**
     * A domain of the merchant's own in front of the webhooks, so that their URLs outlive the API. The certificate stands
     * in Certificate Manager of the same region.
     */
    webhookDomain: z
      .strictObject({
        name: z
          .string()
          .regex(
            /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
            'must look like "hooks.example.com"',
          ),
        certificateArn: z
          .string()
          .regex(
            /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
            'must be the ARN of a certificate in Certificate Manager',
          ),
      })
      .optional(),
    /** What the merchant's own system does. */
    erp: z
      .strictObject({
        /**
         * Hours after which somebody is told of a new order that the system has not acknowledged. Absent: nobody waits for
         * acknowledgements.
         */
        acknowledgeWithinHours: z.int().min(1).max(720).optional(),
        /** The client of the API that has to acknowledge them. Absent: any client's acknowledgement will do. */
        acknowledgedBy: tokenWord().optional(),
        /** Minutes after which somebody is told of a command that was not carried out yet. */
        commandsLateMinutes: z.int().min(1).max(1440).default(15),
      })
      .refine(
        ({ acknowledgeWithinHours, acknowledgedBy }) =>
          acknowledgedBy === undefined || acknowledgeWithinHours !== undefined,
        'acknowledgedBy says whose acknowledgement is waited for: say with acknowledgeWithinHours how long',
      )
      .prefault({}),
    /** How stock is counted. Absent: nobody counts it. */
    stock: stockSchema.optional(),
    /** Where events go besides the feed. */
    events: z
      .strictObject({
        /** An event bus of the merchant's account gets every event as well. Whoever needs all of them reads the feed. */
        bus: z.boolean().default(false),
      })
      .prefault({}),
    /** The settings of each platform that the merchant sells on, by the platform's name. */
    platforms: platformsSchema(),
  });

/** API Gateway takes a certificate of its own region only, and says so in the middle of a deployment. */
function domainProblems({ webhookDomain, region }: Merchant): string[] {
  const of = webhookDomain?.certificateArn.split(':')[3] ?? region;
  if (of === region) return [];
  return [
    `"webhookDomain.certificateArn" is of ${of}, and "region" is ${region}: have a certificate made in Certificate Manager of ${region}`,
  ];
}

export type Merchant = z.output<ReturnType<typeof merchantSchema>>;

function platformsSchema(): z.ZodType<Record<string, unknown>> {
  const settings = platforms().map(({ name, settings }) => [name, settings().optional()] as const);
  return z
    .strictObject(Object.fromEntries(settings))
    .refine(
      (configured) => Object.values(configured).some((one) => one !== undefined),
      'must name at least one platform',
    );
}

/** One platform that a merchant sells on. */
export interface Channel {
  readonly platform: Platform;
  readonly settings: unknown;
  readonly stores: readonly Store[];
  /** Of platforms that can be told of stock, where the merchant counts it. */
  readonly stock?: StockSettings;
}

type Sells = Pick<Merchant, 'platforms'> & Partial<Pick<Merchant, 'stock'>>;

/** The platforms that a merchant sells on, in the order of their registration. */
export function channelsOf(merchant: Sells): Channel[] {
  const channels = platforms().flatMap((platform): Channel[] => {
    const settings = merchant.platforms[platform.name];
    return settings === undefined ? [] : [{ platform, settings, stores: platform.stores(settings) }];
  });
  if (merchant.stock === undefined) return channels;
  const stock = stockSettingsOf(merchant.stock, channels);
  return channels.map((channel) => (channel.platform.stock === undefined ? channel : { ...channel, stock }));
}

/** Every store of a merchant. */
export const storesOf = (channels: readonly Channel[]): StoreName[] =>
  channels.flatMap(({ platform, stores }) =>
    stores.map(({ id }) => ({ platform: platform.name, storeId: id })),
  );

/** How the merchant's stock is counted; undefined where nobody counts it. */
export const stockOf = (merchant: Sells): StockSettings | undefined =>
  merchant.stock === undefined ? undefined : stockSettingsOf(merchant.stock, channelsOf(merchant));

/** What is wrong with the merchant that was asked for, and what to do; one line for each problem. */
export class MerchantConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MerchantConfigError';
  }
}

const invalidFile = (file: string, problems: string[]): MerchantConfigError =>
  new MerchantConfigError(
    `${file} is not a valid merchant configuration:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
  );

/**
 * Reads and validates one merchant's file.
 *
 * @throws MerchantConfigError naming every unknown key, missing value and wrong type.
 */
export function readMerchant(file: string): Merchant {
  let json: unknown;
  let repeated: string[];
  try {
    const text = readText(file);
    json = JSON.parse(text);
    repeated = repeatedKeys(text);
  } catch (error) {
    if (error instanceof NotUtf8) throw new MerchantConfigError(`${file} ${error.message}.`);
    throw invalidFile(file, [error instanceof Error ? error.message : String(error)]);
  }
  if (repeated.length > 0)
    throw invalidFile(
      file,
      repeated.map(
        (key) =>
          `"${key}" is there twice, and only the last would count: write it once, with all that belongs to it`,
      ),
    );
  const read = merchantSchema().safeParse(json);
  if (!read.success) throw invalidFile(file, read.error.issues.map(describeIssue));
  const { stock } = read.data;
  const problems = [
    ...domainProblems(read.data),
    ...(stock === undefined ? [] : stockProblems(stock, channelsOf(read.data))),
  ];
  if (problems.length > 0) throw invalidFile(file, problems);
  return read.data;
}

const FOLDER = join(import.meta.dirname, 'merchants');

/**
 * Reads the merchant of `config/merchants/<name>.json`. A copy of another merchant's file, with that merchant's name still
 * in it, is refused: it would be deployed over that merchant.
 *
 * @throws MerchantConfigError naming the merchants there are, or what is wrong in the file.
 */
export function merchantNamed(name: string, folder: string = FOLDER): Merchant {
  const known = knownMerchants(folder);
  if (!known.includes(name)) {
    throw new MerchantConfigError(
      `there is no merchant "${name}" (there are: ${known.join(', ')}). Write config/merchants/${name}.json or correct the name.`,
    );
  }
  const file = merchantFile(name, folder);
  const merchant = readMerchant(file);
  if (merchant.name === name) return merchant;
  throw invalidFile(file, [`"name" is "${merchant.name}": write "${name}", as the file is called`]);
}

/**
 * Reads the merchant of a file that is named.
 *
 * @param name where one is said beside it
 * @throws MerchantConfigError where that is another merchant: nobody knows which of the two is meant
 */
export function merchantIn(file: string, name: string | undefined): Merchant {
  const merchant = readMerchant(file);
  if (name === undefined || merchant.name === name) return merchant;
  throw new MerchantConfigError(
    `--merchant says "${name}", and ${file} is of "${merchant.name}". Nothing was done. Leave one of the two out.`,
  );
}

/** Names of the merchants that have a file in `config/merchants`. */
export function knownMerchants(folder: string = FOLDER): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .sort();
}

/** The file of a merchant named on the command line. */
export function merchantFile(name: string, folder: string = FOLDER): string {
  return join(folder, `${name}.json`);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => `unknown key "${at === '' ? key : `${at}.${key}`}": remove it or correct its spelling`)
      .join('; ');
  }
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return missing ? `missing value "${at}"` : `"${at}": ${issue.message}`;
}
