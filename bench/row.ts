/** One line of the table that the benches print together. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly goal: string;
  /** Undefined where nothing is promised. */
  readonly ok: boolean | undefined;
}
