import * as z from 'zod';

/** The platforms Acopio gathers orders from; the first part of every order's key. */
export const PLATFORMS = ['nuvemshop', 'pedidosya', 'imotriz'] as const;

export const platformSchema = z.enum(PLATFORMS);
export type Platform = z.infer<typeof platformSchema>;
