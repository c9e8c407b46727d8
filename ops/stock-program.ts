import type { Command } from 'commander';
import { importStock, releaseZeros, showStock } from './commands/stock.ts';
import { listStockInReview } from './commands/stock-attention.ts';
import { compareStock } from './commands/stock-drift.ts';
import { followOrders } from './commands/stock-follow.ts';
import { settleMove, verdictOf } from './commands/stock-move.ts';
import { addOrderFilter, dryRunOption, type Run } from './option-values.ts';

/** The commands about what there is and what the channels show. */
export function addStockCommands(program: Command, run: Run): void {
  const stock = program.command('stock').description('what there is, and what the channels show of it');
  stock
    .command('show <sku>')
    .description('numbers, claims, and what each channel shows; exit code 1 when nothing is known')
    .action((sku: string) => run((context, json) => showStock(context, sku, { json })));
  stock
    .command('release')
    .description('let many SKUs go to zero for a quarter of an hour')
    .addOption(dryRunOption())
    .action((options) => run((context, json) => releaseZeros(context, { ...options, json })));
  stock
    .command('drift [sku]')
    .description('channels that show something else than they were told; exit code 1 when there are any')
    .option('--repair', 'tell them again', false)
    .option('--check', 'do what is done at night: what "stock.drift" of the configuration says', false)
    .addOption(dryRunOption())
    .action((sku: string | undefined, options) =>
      run((context, json) => compareStock(context, { ...options, sku, json })),
    );
  addOrderFilter(stock.command('follow [orders...]'))
    .description(
      'claim again what orders take, where the tracker gave them up; exit code 1 when any could not be followed',
    )
    .addOption(dryRunOption())
    .action((names: string[], options) =>
      run((context, json) => followOrders(context, names, { ...options, json })),
    );
  stock
    .command('settle <sku> <line>')
    .description(
      'say whether a platform changed its number, where nobody can tell; line as `stock show` prints it',
    )
    .option('--made', 'its panel shows that it did')
    .option('--again', 'it did not: do it')
    .addOption(dryRunOption())
    .action((sku: string, line: string, { dryRun, ...said }) =>
      run((context, json) => settleMove(context, { sku, line }, { verdict: verdictOf(said), dryRun, json })),
    );
  stock
    .command('attention')
    .description(
      'SKUs that wait for a person: refused, drifted, unlinked, in doubt; exit code 1 when there is any',
    )
    .action(() => run((context, json) => listStockInReview(context, { json })));
  stock
    .command('import <file>')
    .description('take the numbers of a CSV file (sku, quantity, place) as true now')
    .addOption(dryRunOption())
    .action((file: string, options) =>
      run((context, json) => importStock(context, file, { ...options, json })),
    );
}
