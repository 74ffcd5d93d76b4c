/** Between the database's rows and our nouns: null becomes absent, bigint becomes number. */
import type { Prisma, PrismaClient } from "./generated/client.ts";

/** Either the client or a transaction of it. */
export type Db = PrismaClient | Prisma.TransactionClient;

export type Present<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

/** The row without its nulls. */
export const present = <T extends object>(row: T): Present<T> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<T>;

/** What we keep as JSON is plain data of our own types; Prisma's type for it knows no readonly. */
export const toJson = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

/** PostgreSQL's text and jsonb cannot hold U+0000, which people and tools do send. */
export const withoutNul = (text: string): string => text.replaceAll("\u0000", "\uFFFD");

/** JSON for a jsonb column, whatever came from outside. */
export const toStorableJson = (value: unknown): Prisma.InputJsonValue =>
  JSON.parse(JSON.stringify(value ?? null).replaceAll("\\u0000", "\\ufffd"));
