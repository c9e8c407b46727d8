import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformsDocument } from '../test/guides/table.ts';
import { commandsDocument } from './commands-document.ts';
import { orderJsonSchema } from './order-schema.ts';

/** Writes the documents that are made from the code. A test fails when one is not up to date. */
const docs = join(import.meta.dirname, '../docs');
writeFileSync(join(docs, 'order.schema.json'), orderJsonSchema());
writeFileSync(join(docs, 'platforms.md'), platformsDocument());
writeFileSync(join(docs, 'commands.md'), commandsDocument());
