import * as z from 'zod';
import { lazily } from './lazily.ts';

/*
 * Fields that many schemas have, each as one schema for all of them: a function that has just started pays for every schema that
 * it makes.
 */

export const text = lazily(() => z.string());
export const optionalText = lazily(() => text().optional());

/** An id of a platform. */
export const id = lazily(() => z.string().min(1).max(128));
export const optionalId = lazily(() => id().optional());

/** Integer minor units of the order's currency (cents; whole pesos for CLP, whole guaraníes for PYG). */
export const minorUnits = lazily(() => z.int());
export const optionalAmount = lazily(() => minorUnits().optional());
