import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homologationDocument } from '../test/guides/homologation.ts';
import { platformsDocument } from '../test/guides/table.ts';
import { merchantWith, resourcesOf, stacksOf } from '../test/lib/assembly.ts';
import { apiDocument, openApiDocument } from './api-docs/document.ts';
import { commandsDocument } from './commands-document.ts';
import { costDocument, readmeCosts, withSection } from './cost-document.ts';
import { readEventCosts, readmeEventCosts } from './event-costs-document.ts';
import { eventDocuments } from './event-schema.ts';
import { orderDocument, orderJsonSchema } from './order-schema.ts';

/** Writes the documents that are made from the code. A test fails when one is not up to date. */
const docs = join(import.meta.dirname, '../docs');
writeFileSync(join(docs, 'order.schema.json'), orderJsonSchema());
writeFileSync(join(docs, 'orders.md'), orderDocument());
writeFileSync(join(docs, 'platforms.md'), platformsDocument());
writeFileSync(join(docs, 'homologation.md'), homologationDocument());
for (const [name, document] of Object.entries(eventDocuments()))
  writeFileSync(join(docs, 'events', name), document);
writeFileSync(join(docs, 'openapi.json'), openApiDocument());
writeFileSync(join(docs, 'api.md'), apiDocument());
writeFileSync(join(docs, 'commands.md'), commandsDocument());

const events = readEventCosts();
const resources = resourcesOf(stacksOf(merchantWith({ stock: {} })));
writeFileSync(join(docs, 'cost.md'), costDocument(resources, events));
for (const [file, language] of [
  ['README.md', 'en'],
  ['README.es.md', 'es'],
] as const) {
  const path = join(docs, '..', file);
  const idle = withSection(readFileSync(path, 'utf8'), 'idle', readmeCosts(resources, language));
  writeFileSync(path, withSection(idle, 'events', readmeEventCosts(events, language)));
}
