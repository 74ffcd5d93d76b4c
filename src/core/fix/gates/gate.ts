/** What a gate is: a pure check that a patch written by somebody else must pass before anyone sees it. */

export type GateName =
  | "size"
  | "files"
  | "parse"
  | "structure"
  | "wider-access"
  | "secrets"
  | "suppression"
  | "rescan"
  | "plan";

export interface Rejection {
  readonly gate: GateName;
  /** Closed code for machines: "NEW_BLOCK", "TOO_LONG". */
  readonly code: string;
  /** For people and for the next attempt; holds no text of the repository but addresses. */
  readonly detail: string;
  /** Such an answer ends the use of the model for this finding: it looks like an attack. */
  readonly hostile: boolean;
}

export const reject = (gate: GateName, code: string, detail: string, hostile = false): Rejection => ({
  gate,
  code,
  detail,
  hostile,
});
