import type { Command } from 'commander';
import { listCatalogueJobs } from './commands/catalogue-jobs.ts';
import { listCustomersInReview } from './commands/mirrored-review.ts';
import { exportProducts, listProductsInReview, listSkuProblems } from './commands/products.ts';
import { dryRunOption, limitOption, platformOption, type Run } from './option-values.ts';

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
  program
    .command('customers')
    .description('the customers of all platforms')
    .command('attention')
    .description('list customers that need review, without their data; exit code 1 when any does')
    .addOption(platformOption())
    .action((options) => run((context, json) => listCustomersInReview(context, { ...options, json })));
}
