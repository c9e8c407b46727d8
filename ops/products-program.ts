import type { Command } from 'commander';
import { listCatalogueJobs } from './commands/catalogue-jobs.ts';
import { listCustomersInReview } from './commands/mirrored-review.ts';
import { showProductStatus } from './commands/product-status.ts';
import { importProducts, pushProduct } from './commands/product-writes.ts';
import { exportProducts, listProductsInReview, listSkuProblems } from './commands/products.ts';
import { dryRunOption, limitOption, platformOption, type Run } from './option-values.ts';

const STORE = 'which store, PLATFORM:STORE_ID; not needed where one takes products';
const YES = 'without being asked';

/** The commands on products and customers. */
export function addMirrorCommands(program: Command, run: Run): void {
  const products = program.command('products').description('the products of all platforms');
  products
    .command('duplicates')
    .description(
      'list SKUs that several variants have, and variants without one; exit code 1 when there are any',
    )
    .addOption(platformOption())
    .action((options) => run((context, json) => listSkuProblems(context, { ...options, json })));
  products
    .command('export <store>')
    .description('ask the platform for the whole catalogue as files, and mirror it; PLATFORM:STORE_ID')
    .addOption(dryRunOption())
    .action((store: string, options) =>
      run((context, json) => exportProducts(context, store, { ...options, json })),
    );
  products
    .command('attention')
    .description('list products that need review; exit code 1 when any does')
    .addOption(platformOption())
    .action((options) => run((context, json) => listProductsInReview(context, { ...options, json })));
  products
    .command('jobs')
    .description(
      'list the catalogue jobs of the last 30 days and the products that they left as they were; exit code 1 when one failed or left any',
    )
    .addOption(platformOption())
    .addOption(limitOption(20))
    .action((options) => run((context, json) => listCatalogueJobs(context, { ...options, json })));
  products
    .command('status [products...]')
    .description(
      "what became of products that the merchant's system wrote, by its own ids; exit code 1 when one is not known or needs a person",
    )
    .option('--file <file>', 'those of a file that was imported')
    .action((names: string[], options) =>
      run((context, json) => showProductStatus(context, names, { ...options, json })),
    );
  products
    .command('push <file> [id]')
    .description(
      'have a product become what a JSON file says, as PUT /v1/products/{externalId} does; its id is named here, or stands in the file as "externalId"; exit code 1 when it is refused',
    )
    .option('--store <store>', STORE)
    .option('--yes', YES, false)
    .addOption(dryRunOption())
    .action((file: string, id: string | undefined, options) =>
      run((context, json) => pushProduct(context, file, id, { ...options, json })),
    );
  products
    .command('import <file>')
    .description(
      'have many products become what a file says, one JSON object in each line with "externalId"; what is so already costs no call; --json prints a line for each; exit code 1 when one is refused',
    )
    .option('--store <store>', STORE)
    .option('--yes', YES, false)
    .addOption(dryRunOption())
    .action((file: string, options) =>
      run((context, json) => importProducts(context, file, { ...options, json })),
    );
  program
    .command('customers')
    .description('the customers of all platforms')
    .command('attention')
    .description('list customers that need review, without their data; exit code 1 when any does')
    .addOption(platformOption())
    .action((options) => run((context, json) => listCustomersInReview(context, { ...options, json })));
}
