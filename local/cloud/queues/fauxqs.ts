import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildAppOptions, buildApp } from 'fauxqs';

type Stores = NonNullable<BuildAppOptions['stores']>;
export type SqsStore = Stores['sqsStore'];
export type SqsQueue = NonNullable<ReturnType<SqsStore['getQueueByName']>>;
export type FauxqsApp = ReturnType<typeof buildApp>;

/** Account that fauxqs puts into every ARN it looks for. */
export const FAUXQS_ACCOUNT = '000000000000';

/**
 * Makes a fauxqs application without a port. Its store comes with it, because event sources read queues directly: over
 * HTTP each batch would pay for two more JSON round trips. fauxqs does not export the classes, so they are taken from the
 * files of the pinned version.
 *
 * @param keep folder in which queues and messages outlive the process
 */
export async function createFauxqs(
  region: string,
  keep?: string,
): Promise<{ app: FauxqsApp; store: SqsStore }> {
  const [{ SqsStore }, { SnsStore }, { S3Store }] = await Promise.all([
    load<{ SqsStore: new () => SqsStore }>('./sqs/sqsStore.js'),
    load<{ SnsStore: new () => Stores['snsStore'] }>('./sns/snsStore.js'),
    load<{ S3Store: new () => Stores['s3Store'] }>('./s3/s3Store.js'),
    takeEveryCharacter(),
  ]);
  const store = new SqsStore();
  const app = buildApp({
    logger: false,
    defaultRegion: region,
    ...(keep === undefined ? {} : { dataDir: keep }),
    stores: { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() },
  });
  return { app, store };
}

/** What a message may hold: `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`. (API reference, SendMessage.) */
const REFUSED = '[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\u{10000}-\\u{10ffff}]';

/** fauxqs looks at halves of characters and so refuses every emoji: its expression is replaced in place. */
async function takeEveryCharacter(): Promise<void> {
  const { INVALID_MESSAGE_BODY_CHAR } = await load<{ INVALID_MESSAGE_BODY_CHAR: RegExp }>(
    './sqs/sqsTypes.js',
  );
  INVALID_MESSAGE_BODY_CHAR.compile(REFUSED, 'u');
}

async function load<T>(file: string): Promise<T> {
  const url = new URL(file, import.meta.resolve('fauxqs'));
  if (!existsSync(fileURLToPath(url))) {
    throw new Error(
      `fauxqs has no ${file}: the local cloud was written for version 2.4.1. Install the pinned version.`,
    );
  }
  return (await import(url.href)) as T;
}
