import type { LiveRef, SourceRange } from "./source-range.ts";
import type { ObjectValue } from "./value.ts";

/** The formats Draco reads. */
export type Format = "terraform" | "plan" | "cloudformation" | "kubernetes" | "dockerfile" | "workflow" | "live";

/** One step from an attribute back to the literal that sets it. */
export interface TraceStep {
  readonly kind: "attribute" | "local" | "variable-default" | "tfvars" | "module-argument" | "dynamic" | "literal";
  /** What is named at this step: "var.acl", "local.tags", "module.logs". */
  readonly name: string;
  readonly range: SourceRange;
}

/** Where an attribute's value is written, and where it is really set. */
export interface AttributeSource {
  /** The expression or block in the resource's own body. */
  readonly range: SourceRange;
  /** From the attribute to the literal, in order; empty where the attribute is a literal itself. */
  readonly steps: readonly TraceStep[];
  /** The one literal that decides the value; absent where several or none do. */
  readonly literal?: SourceRange;
  /** Why it cannot be edited here (remote module, computed, several sources). */
  readonly blocked?: string;
}

export interface CodeOrigin {
  readonly kind: "code";
  readonly format: Format;
  /** The whole block, or document. */
  readonly range: SourceRange;
  /** The line(s) a person should be shown first: block header, or the resource's key. */
  readonly header: SourceRange;
  /**
   * Where the value at a dotted path ("versioning.0.enabled", "ingress.1") is written. Undefined where the path is
   * not written at all: then the nearest enclosing block is the place.
   */
  locate(path: string): AttributeSource | undefined;
}

export interface LiveOrigin extends LiveRef {
  readonly kind: "live";
}

/** An attribute that points at another resource, as far as one can tell before apply. */
export interface Reference {
  /** Dotted path of the attribute that holds the link: "bucket", "vpc_config.0.subnet_ids.1". */
  readonly path: string;
  /** Address pointed at, with instance keys where known: aws_s3_bucket.logs["a"]. */
  readonly to: string;
  /** Attribute of the target that is read ("id", "arn", "name"), "" where the whole object is. */
  readonly attribute: string;
}

export interface Lifecycle {
  /** Attribute paths under ignore_changes, or "all". */
  readonly ignoreChanges: readonly string[] | "all";
  readonly preventDestroy: boolean;
  readonly createBeforeDestroy?: boolean;
}

/** The provider that a resource belongs to, with what the code says of its version. */
export interface ProviderRef {
  /** "aws", "azurerm", "google", "kubernetes"… */
  readonly name: string;
  readonly alias?: string;
  readonly region?: string;
  /** Exact version from the lock file, else the constraint of required_providers, else absent. */
  readonly version?: string;
}

/**
 * One thing in the infrastructure, whatever it was read from. `attributes` has Terraform's names and nesting, as in
 * `terraform show -json`: nested blocks are lists of objects, even when there can be only one.
 */
export interface Resource {
  /** module.net["a"].aws_s3_bucket.logs[0]; CloudFormation: logical id; Kubernetes: Kind.namespace.name. */
  readonly address: string;
  /**
   * Terraform's type name wherever a thing can be mapped onto it. Data sources are "data.aws_iam_policy_document",
   * provider blocks "provider.aws", module calls "module". Kubernetes: "kubernetes.Deployment" and so on; Dockerfile
   * "dockerfile"; workflows "github_workflow". CloudFormation types without a mapping keep their own name.
   */
  readonly type: string;
  /** Last part of the address without instance key: "logs". */
  readonly name: string;
  /** Module path with keys, "" for the root: module.net["a"]. */
  readonly module: string;
  readonly attributes: ObjectValue;
  /** Dotted paths whose values are sensitive and must never be printed. */
  readonly sensitive: readonly string[];
  readonly references: readonly Reference[];
  readonly origin: CodeOrigin | LiveOrigin;
  readonly provider?: ProviderRef;
  readonly lifecycle?: Lifecycle;
  /** True where count or for_each is unknown, so that this stands for the one-instance case. */
  readonly possible?: boolean;
}
