/**
 * Stands in every bundle in the place of zod: what functions use of it. A bundle with parts that run later holds the whole
 * of every module that both its parts use, and zod's entry names the messages of fifty languages and what makes documents
 * of schemas: three quarters of it.
 */
// @ts-nocheck: zod publishes no types of its inner files
export * from '../node_modules/zod/v4/classic/checks.js';
export * as coerce from '../node_modules/zod/v4/classic/coerce.js';
export * from '../node_modules/zod/v4/classic/errors.js';
export * as iso from '../node_modules/zod/v4/classic/iso.js';
export * from '../node_modules/zod/v4/classic/parse.js';
export * from '../node_modules/zod/v4/classic/schemas.js';
export { config, NEVER, prettifyError } from '../node_modules/zod/v4/core/index.js';
