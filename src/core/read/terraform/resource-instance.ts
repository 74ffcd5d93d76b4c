/** One instance of a resource or data source: its members, each evaluated once, when first asked for. */
import { evaluateMember, type Hidden, memberNames } from "./body-value.ts";
import type { Instance } from "./expansion.ts";
import type { ResourceDeclaration } from "./module-source.ts";
import { policyDocumentMember } from "./policy-document.ts";
import type { Scope } from "./scope.ts";
import type { Memo } from "./session.ts";
import { terraformDataMember } from "./terraform-data.ts";
import { LazyObject, mark, NullValue, objectOf, type TypedValue, UNKNOWN, unknownOf, unmark } from "./typed-value.ts";
import { STRING } from "./types.ts";

const META: Hidden = {
  attributes: new Set(["count", "for_each", "provider", "depends_on"]),
  blocks: new Set(["lifecycle", "provisioner", "connection"]),
};

const TEXT_MEMBERS = new Set(["id", "arn"]);

/** One instance of a resource or data source. */
export class ResourceInstance {
  readonly declaration: ResourceDeclaration;
  readonly instance: Instance;
  readonly address: string;
  readonly possible: boolean;
  readonly scope: Scope;
  #object: LazyObject | undefined;
  #members: Memo | undefined;

  constructor(declaration: ResourceDeclaration, instance: Instance, address: string, possible: boolean, scope: Scope) {
    this.declaration = declaration;
    this.instance = instance;
    this.address = address;
    this.possible = possible;
    this.scope = scope;
  }

  /** What references to this instance read from. */
  get object(): LazyObject {
    this.#object ??= new LazyObject(
      this.address,
      true,
      (name) => this.#reference(name),
      () => this.names(),
    );
    return this.#object;
  }

  names(): string[] {
    return memberNames(this.declaration.body, META);
  }

  /** A member as written, or computed where Draco knows how; undefined where it is absent. */
  member(name: string): TypedValue | undefined {
    if (META.attributes.has(name) || META.blocks.has(name)) return undefined;
    this.#members ??= new Map();
    const value = this.scope.session.once(
      this.#members,
      name,
      this.address,
      (member) => this.#compute(member) ?? ABSENT,
    );
    return value === ABSENT ? undefined : value;
  }

  #compute(name: string): TypedValue | undefined {
    const { type, mode, body } = this.declaration;
    const read = (member: string): TypedValue | undefined => evaluateMember(body, member, this.scope);
    if (mode === "data" && type === "aws_iam_policy_document") return policyDocumentMember(name, read, body);
    if (mode === "managed" && type === "terraform_data")
      return terraformDataMember(name, (member) => this.member(member), read);
    return read(name);
  }

  /** What another expression reads: the member, or, for what is not written here, an unknown that tells where it is from. */
  #reference(name: string): TypedValue {
    const from = { sensitive: false, ephemeral: false, from: [`${this.address}.${name}`] };
    const value = this.member(name);
    if (value !== undefined && !(unmark(value) instanceof NullValue)) return mark(value, from);
    if (value !== undefined && this.declaration.type === "terraform_data") return mark(value, from);
    if (name === "arn") return mark(unknownOf(STRING, { notNull: true, prefix: "arn:" }), from);
    return mark(TEXT_MEMBERS.has(name) ? unknownOf(STRING, { notNull: true }) : UNKNOWN, from);
  }
}

/** Stands in the memo for a member that is not there. */
const ABSENT = objectOf(new Map());
