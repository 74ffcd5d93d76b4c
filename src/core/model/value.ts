/** Evaluated values, three-valued: known, unknown (not known before apply), absent (not in the object at all). */

/** Not known before apply. May carry the text it certainly starts with (arn:aws:iam::aws:policy/…). */
export class Unknown {
  readonly prefix: string;
  /** Addresses this value is known to come from, such as "aws_s3_bucket.logs.id". */
  readonly from: readonly string[];
  /**
   * A text that is known but for some parts, with U+FFFC for each of them: a template, or jsonencode of an object with
   * unknown leaves. Policies are read from it.
   */
  readonly outline: string | undefined;
  constructor(prefix = "", from: readonly string[] = [], outline?: string) {
    this.prefix = prefix;
    this.from = from;
    this.outline = outline;
  }
}

export type Value = null | boolean | number | string | Unknown | readonly Value[] | { readonly [key: string]: Value };
export type ObjectValue = { readonly [key: string]: Value };

export const unknown = new Unknown();

export const isUnknown = (value: unknown): value is Unknown => value instanceof Unknown;

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

export const isObject = (value: Value | undefined): value is ObjectValue =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

/** What a path in an object holds. null counts as absent: the provider's default applies (Terraform semantics). */
export type Lookup =
  | { readonly kind: "value"; readonly value: Exclude<Value, null | Unknown>; readonly path: string }
  | { readonly kind: "unknown"; readonly value: Unknown; readonly path: string }
  | { readonly kind: "absent"; readonly path: string };

/** true, false, or not decidable before apply. */
export type Truth = boolean | "unknown";
