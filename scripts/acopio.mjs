#!/usr/bin/env node
// `npx acopio`: the operator's commands, as `npm run ops --` starts them. On whatever Node the machine has, so: old syntax.
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('.', import.meta.url));
process.env.PATH = [join(scripts, '..', 'node_modules', '.bin'), process.env.PATH].join(delimiter);
process.argv.splice(1, 1, join(scripts, 'prepare.mjs'), 'node', 'ops/main.ts');
await import('./prepare.mjs');
