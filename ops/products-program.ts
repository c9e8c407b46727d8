import type { Command } from 'commander';
import { exportProducts, listProductsInReview, listSkuProblems } from './commands/products.ts';
import { platformOption, type Run } from './option-values.ts';

/** The commands on products. */
export function addProductCommands(program: Command, run: Run): void {
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
    .action((store: string) => run((context, json) => exportProducts(context, store, { json })));
  products
    .command('attention')
    .description('list products that need review; exit code 1 when any does')
    .addOption(platformOption())
    .action((options) => run((context, json) => listProductsInReview(context, { ...options, json })));
}
