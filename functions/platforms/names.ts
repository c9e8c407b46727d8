import * as z from 'zod';
import type { MergeRules } from '../domain/merge.ts';

/** The platforms Acopio gathers orders from; the first part of every order's key. */
export const PLATFORMS = ['nuvemshop', 'pedidosya', 'imotriz'] as const;

export const platformSchema = z.enum(PLATFORMS);
export type Platform = z.infer<typeof platformSchema>;

/**
 * A closed (archived) Nuvemshop order can be opened again, and a delivered one can be archived, so only its cancellation is
 * final.
 */
const MERGE_RULES: Record<Platform, MergeRules> = {
  nuvemshop: { truth: 'fetched', finalStatuses: new Set(['cancelled']) },
  pedidosya: { truth: 'pushed', finalStatuses: new Set(['cancelled', 'delivered']) },
  imotriz: { truth: 'pushed', finalStatuses: new Set(['cancelled']) },
};

/** @throws ZodError for a platform that is not there. */
export const mergeRulesOf = (platform: string): MergeRules => MERGE_RULES[platformSchema.parse(platform)];
