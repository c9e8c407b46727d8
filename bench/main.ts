import { program } from 'commander';
import { command as throttle } from './throttle/command.ts';

const commands = [throttle];

program.name('bench').description('What Acopio costs, against the alternatives').showHelpAfterError();
for (const command of commands) program.addCommand(command);
await program.parseAsync();
