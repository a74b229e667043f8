/** Of what shapes of declarations are made. What a value may be is checked elsewhere, in the words of its part. */
import { z } from "./zod.ts";

/** Every key of a type, none forgotten. */
export const object = <T>(keys: Record<keyof T, z.ZodType>) => z.strictObject(keys);

export const text = z.string().optional();
export const number = z.number().optional();
export const flag = z.boolean().optional();
export const list = z.array(z.string());
export const texts = list.optional();
