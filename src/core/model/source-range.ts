/** A span of one source file. Offsets are bytes into the file as read; lines and columns count from 1. */
export interface SourceRange {
  /** Path relative to the scan root, with forward slashes. */
  readonly file: string;
  /** First byte. */
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
  readonly line: number;
  readonly endLine: number;
}

/** Where something was seen in a live account. */
export interface LiveRef {
  readonly cloud: "aws" | "google" | "azure";
  readonly account: string;
  readonly region: string;
  readonly id: string;
  /** ISO 8601. */
  readonly seenAt: string;
}

/** One file to read: path relative to the scan root, and its exact bytes. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}
