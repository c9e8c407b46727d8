import type { Command } from 'commander';
import {
  createLocation,
  listCategories,
  listLocations,
  makeDefaultLocation,
  orderLocations,
  updateLocation,
} from './commands/locations.ts';
import { dryRunOption, type Run } from './option-values.ts';

const DATA = 'what it is to be, as JSON or as @file; what is left out stays';
const YES = 'without being asked';

/** The commands on what a store has at its platform: categories, and where goods lie. */
export function addPlaceCommands(program: Command, run: Run): void {
  program
    .command('categories')
    .description('the categories of a store')
    .command('list <store>')
    .description('the whole tree as the platform has it now; PLATFORM:STORE_ID')
    .action((store: string) => run((context, json) => listCategories(context, store, { json })));

  const locations = program.command('locations').description('where the goods of a store lie');
  locations
    .command('list <store>')
    .description('each with its priority, name and own id, the one that goes first first; PLATFORM:STORE_ID')
    .action((store: string) => run((context, json) => listLocations(context, store, { json })));
  locations
    .command('create <store> <id>')
    .description(
      "find or make a location by the own system's id; exit code 3 when the platform refuses it, 4 when it may be under way",
    )
    .requiredOption('--data <json>', DATA)
    .option('--yes', YES, false)
    .addOption(dryRunOption())
    .action((store: string, id: string, options) =>
      run((context, json) => createLocation(context, store, id, { ...options, json })),
    );
  locations
    .command('update <location>')
    .description('change a location in what differs; exit code 1 when there is no such location')
    .requiredOption('--data <json>', DATA)
    .option('--yes', YES, false)
    .addOption(dryRunOption())
    .action((location: string, options) =>
      run((context, json) => updateLocation(context, location, { ...options, json })),
    );
  locations
    .command('priorities <locations...>')
    .description('have these go first, in this order; the first one is the default')
    .option('--yes', YES, false)
    .addOption(dryRunOption())
    .action((names: string[], options) =>
      run((context, json) => orderLocations(context, names, { ...options, json })),
    );
  locations
    .command('default <location>')
    .description('make a location the default one')
    .option('--yes', YES, false)
    .addOption(dryRunOption())
    .action((location: string, options) =>
      run((context, json) => makeDefaultLocation(context, location, { ...options, json })),
    );
}
