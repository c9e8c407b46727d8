import { program } from 'commander';
import { command as catalogue } from './catalogue/command.ts';
import { command as cold } from './cold/command.ts';
import { command as hot } from './cold/hot.ts';
import { command as commandBench } from './commands.ts';
import { command as cost } from './cost/command.ts';
import { command as feed } from './feed/command.ts';
import { command as growth } from './growth/command.ts';
import { command as page } from './page.ts';
import { command as pipeline } from './pipeline/command.ts';
import { command as reading } from './reading.ts';
import { command as stock } from './stock/command.ts';
import { command as throttle } from './throttle/command.ts';

const commands = [
  catalogue,
  cold,
  commandBench,
  cost,
  feed,
  growth,
  hot,
  page,
  pipeline,
  reading,
  stock,
  throttle,
];

program.name('bench').description('What Acopio costs, against the alternatives').showHelpAfterError();
for (const command of commands) program.addCommand(command);
await program.parseAsync();
