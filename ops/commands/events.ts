import { catchUp } from '../../functions/erp/catch-up.ts';
import { createCatchUpProgress, type StoreProgress } from '../../functions/storage/catch-up-progress.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { createFoundCurrentStore } from '../../functions/storage/found-current.ts';
import type { OperatorContext } from '../context.ts';
import { OperatorError } from '../outputs.ts';
import { command, print, printDryRun } from '../print.ts';

const LEFT_OUT =
  'Commands for products and customers of the own system are not among them: have it read GET /v1/commands, or send again what it waits for.';

/** Publishes the newest state of every order, product, customer and SKU, after changes were lost on their way into the feed. */
export async function catchUpEvents(
  context: OperatorContext,
  { restart, dryRun, json }: { restart: boolean; dryRun: boolean; json: boolean },
): Promise<number> {
  if (dryRun) return planCatchUp(context, { restart, json });
  const { control, stores, orders, commands, index, products, productIndex, customers, customerIndex, skus } =
    context;
  const progress = createCatchUpProgress(control);
  if (restart) await progress.forget(stores);
  const feed = createFeedWriter(control);
  const report = ({ platform, storeId, resource = 'order', published, done }: StoreProgress) => {
    if (!json)
      process.stderr.write(
        `${platform} ${storeId}: ${published} ${resource}s published${done ? ', all' : ''}\n`,
      );
  };
  const { published } = await context.audited('events catch-up', { stores: stores.length }, async () => ({
    published: await catchUp(
      {
        orders,
        commands,
        index,
        products,
        productIndex,
        customers,
        customerIndex,
        skus,
        feed,
        progress,
        report,
      },
      stores,
    ),
  }));
  print(json, { published }, [
    `The newest state of ${published} orders, products, customers and SKUs is in the feed.`,
    LEFT_OUT,
  ]);
  return 0;
}

async function planCatchUp(
  { control, stores }: OperatorContext,
  { restart, json }: { restart: boolean; json: boolean },
): Promise<number> {
  const known = restart ? [] : await createCatchUpProgress(control).read();
  const published = known.reduce((sum, one) => sum + one.published, 0);
  const names = stores.map(({ platform, storeId }) => `${platform}:${storeId}`);
  return printDryRun(
    json,
    { stores: names, published },
    `The newest state of every order, product and customer of ${names.join(', ')}, and of every SKU, would be published` +
      `${published === 0 ? '.' : `, but for ${published} that a run before did.`} ${LEFT_OUT}`,
  );
}

/**
 * Begins a new epoch of the feed, after a table was restored to an earlier time: numbers that were given since then would
 * come again.
 *
 * @throws OperatorError without `yes`
 */
export async function finishRestore(
  context: OperatorContext,
  { yes, dryRun, json }: { yes: boolean; dryRun: boolean; json: boolean },
): Promise<number> {
  if (dryRun) {
    const { epoch, seq } = await createFeedReader(context.control).head();
    return printDryRun(
      json,
      { ends: { epoch, seq } },
      `Epoch ${epoch} of the feed would end after number ${seq} and another one would begin: every reader is told to list all orders anew.`,
    );
  }
  if (!yes)
    throw new OperatorError(
      'Every reader of the feed is told to list all orders anew. Add --yes if a table was restored to an earlier time.',
    );
  const { control, stores } = context;
  const { epoch } = await context.audited('restore-finish', {}, async () => {
    // Rows that the restore lost are missed by the next run of the schedule.
    for (const store of stores) await createFoundCurrentStore({ ...control, ...store }).forget();
    return { epoch: (await startEpoch(control)).epoch };
  });
  print(json, { epoch }, [
    `The feed begins anew, in epoch ${epoch}: its readers are told by their next question.`,
    `Now publish the state of every order: ${command(context, 'events catch-up')}`,
  ]);
  return 0;
}
