import * as z from 'zod';

/** Marks a property that changes nothing here. */
export const noEffect = z.unknown().optional();
/** CloudFormation takes numbers and truth values as text, too. */
export const integer = z.coerce.number().int();
export const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);
