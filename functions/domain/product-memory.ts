import * as z from 'zod';
import { commandProblemSchema } from './command.ts';
import { lazily } from './lazily.ts';

/**
 * What is remembered of a product of the merchant's system at its platform: which product it is, what was brought about of
 * it, and what is under way. A hash stands for what was sent, so that what has not changed is not sent again.
 */
export const productMemorySchema = lazily(() =>
  z.object({
    /** The platform's id of it, once it was found or made. */
    productId: z.string().optional(),
    /** A call that makes it began, with the images of these keys: it may be there without our knowing. */
    creating: z.object({ images: z.array(z.string()) }).optional(),
    /**
     * By group, and by part of a group (`variant/<sku>`): the hash of what was brought about. Empty of a variant of which only
     * the SKU is the product's.
     */
    reached: z.record(z.string(), z.string()),
    /** By the image's key: the platform's id of what was sent. */
    images: z.record(z.string(), z.string()),
    /** The ids of categories that were wanted by their paths, and the hash of what was wanted. `partly`: one was refused. */
    categories: z
      .object({ hash: z.string(), ids: z.array(z.string()), partly: z.literal(true).optional() })
      .optional(),
    /** The image whose call began, and the images that the product had before. */
    adding: z.object({ image: z.string(), before: z.array(z.string()) }).optional(),
    /** The platform did not know what we had an id of: nothing is sent before the product was read. */
    lost: z.literal(true).optional(),
    /** What is remembered while one command runs. */
    run: z
      .object({
        /** The command's number. */
        n: z.int(),
        /** By part: what was refused of it. */
        refused: z.record(z.string(), z.array(commandProblemSchema())),
        /** Variants are changed one by one: a call for several was refused. */
        alone: z.literal(true).optional(),
        /** So many variants are changed by a call at the most: one for more was too much for the platform's limit. */
        most: z.int().min(1).optional(),
        /** By so many of its SKUs, the first ones, no product was found. */
        searched: z.int().optional(),
        /** The product was read because somebody saw that something of it is gone. */
        rechecked: z.literal(true).optional(),
      })
      .optional(),
  }),
);
export type ProductMemory = z.infer<ReturnType<typeof productMemorySchema>>;

export const NOTHING_REMEMBERED: ProductMemory = { reached: {}, images: {} };

/** The memory of a product whose platform has it no more. Categories are the store's. */
export const forgotten = ({ run, categories }: ProductMemory): ProductMemory => ({
  ...NOTHING_REMEMBERED,
  ...(run === undefined ? {} : { run }),
  ...(categories === undefined ? {} : { categories }),
});

/** What the platform refused of the product as it was wanted last. */
export const problemsIn = ({ run }: ProductMemory) => Object.values(run?.refused ?? {}).flat();
