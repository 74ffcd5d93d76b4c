/** What flows ask of Terraform or OpenTofu: a plan that can be read, and the apply of exactly that plan. */

export interface TerraformOptions {
  /** Absolute path of the binary. */
  readonly binary: string;
  /** Names of variables that the process may see besides PATH, from `environment`. */
  readonly allow?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Shared, read-mostly plugin cache. */
  readonly pluginCacheDir?: string;
  /** For one command. Default 10 minutes; apply 60. */
  readonly timeoutMs?: number;
}

export interface Workspace {
  /** Absolute path of the root module. */
  readonly dir: string;
  /** Absolute folder, ours alone: home, data and plans are kept under it. */
  readonly scratchDir: string;
  /** Absolute path of the local state file. Left out where the code has its own backend. */
  readonly stateFile?: string;
  /** Paths relative to `dir`. */
  readonly varFiles?: readonly string[];
}

export interface TerraformDiagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
  readonly file?: string;
  readonly line?: number;
}

export type Action = "create" | "update" | "replace" | "delete" | "read" | "forget" | "no-op";

export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  /** Values as `terraform show -json` has them; sensitive ones are replaced by "hmac:…" (equal values, equal marks). */
  readonly before: unknown;
  readonly after: unknown;
}

export interface Plan {
  /** Absolute path of the saved plan: what `apply` takes. */
  readonly file: string;
  /** SHA-256 (hex) of the normalised plan: equal digests, equal effects on equal state. */
  readonly digest: string;
  readonly changes: readonly PlannedChange[];
  readonly counts: {
    readonly add: number;
    readonly change: number;
    readonly replace: number;
    readonly destroy: number;
  };
  /** True where applying would do nothing. */
  readonly empty: boolean;
  /** For people: one line a resource, sensitive values masked. */
  readonly text: string;
  readonly terraformVersion: string;
  readonly warnings: readonly TerraformDiagnostic[];
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly reason: "failed" | "timeout" | "aborted" | "too-much-output" | "stale-plan";
      readonly diagnostics: readonly TerraformDiagnostic[];
    };

export interface Applied {
  readonly text: string;
  readonly warnings: readonly TerraformDiagnostic[];
}

export interface Terraform {
  /** "Terraform v1.11.4" */
  version(): Promise<{ readonly name: "Terraform" | "OpenTofu"; readonly version: string }>;
  /** `terraform init` without prompts. `lockfile: "readonly"` refuses new providers. */
  init(workspace: Workspace, signal?: AbortSignal): Promise<Outcome<void>>;
  /** `digestKey` keys the marks of sensitive values, so that a digest cannot be used to guess them. */
  plan(workspace: Workspace, digestKey: string | Uint8Array, signal?: AbortSignal): Promise<Outcome<Plan>>;
  /** Applies that saved plan, nothing else. Never interrupted by a time-out of less than an hour. */
  apply(workspace: Workspace, plan: Pick<Plan, "file">, signal?: AbortSignal): Promise<Outcome<Applied>>;
}
