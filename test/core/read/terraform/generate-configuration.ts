/**
 * Seeded, valid Terraform configurations on terraform_data: typed variables with optional(), locals, count, for_each,
 * child modules, templates, conditionals, for expressions, splats, and values that are unknown before apply.
 */

export interface Configuration {
  readonly name: string;
  /** Files by path below the configuration's own directory. */
  readonly files: ReadonlyMap<string, string>;
  /** Arguments of the call from the root, as HCL. */
  readonly call: string;
}

type Kind = "string" | "number" | "bool" | "strings" | "numbers" | "map" | "object" | "objects";

interface Name {
  readonly text: string;
  readonly kind: Kind;
  readonly known: boolean;
}

/** What may stand at a place: the names in scope, how deep to go, and whether unknowns are allowed. */
interface Context {
  readonly names: readonly Name[];
  readonly depth: number;
  readonly known: boolean;
}

/** mulberry32: small, seeded, good enough to vary shapes. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const TYPES: { readonly [K in Kind]: string } = {
  string: "string",
  number: "number",
  bool: "bool",
  strings: "list(string)",
  numbers: "list(number)",
  map: "map(string)",
  object:
    'object({ name = string, size = optional(number, 7), on = optional(bool), tags = optional(map(string), { k = "d" }) })',
  objects:
    'list(object({ name = string, size = optional(number, 7), on = optional(bool), tags = optional(map(string), { k = "d" }) }))',
};
const KINDS = Object.keys(TYPES) as readonly Kind[];
const WORDS = ["a", "b", "zeta", "x-1", "Ω", "", "10", "true", "A b"];

class Generator {
  readonly #next: () => number;
  #fresh = 0;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  below(n: number): number {
    return Math.floor(this.#next() * n);
  }

  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  word(): string {
    return JSON.stringify(this.pick(WORDS));
  }

  expression(kind: Kind, context: Context): string {
    const usable = context.names.filter((name) => name.kind === kind && (name.known || !context.known));
    if (usable.length > 0 && this.#next() < 0.35) return this.pick(usable).text;
    if (context.depth <= 0)
      return usable.length > 0 && this.#next() < 0.6 ? this.pick(usable).text : this.literal(kind, context);
    const inner: Context = { ...context, depth: context.depth - 1 };
    if (this.#next() < 0.12) return this.conditional(kind, inner);
    return this[kind](inner);
  }

  literal(kind: Kind, context: Context): string {
    switch (kind) {
      case "string":
        return this.word();
      case "number":
        return this.pick(["0", "1", "2", "3.5", "-4", "100", "1e3", "0.1", "12345678901234567890"]);
      case "bool":
        return this.pick(["true", "false"]);
      case "strings":
        return `tolist([${Array.from({ length: this.below(4) }, () => this.word()).join(", ") || '"one"'}])`;
      case "numbers":
        return `tolist([${Array.from({ length: 1 + this.below(3) }, () => this.below(9)).join(", ")}])`;
      case "map":
        return `tomap({ k = ${this.word()}, "z z" = ${this.word()} })`;
      case "object":
        return this.record({ ...context, depth: 0 });
      case "objects":
        return `[${this.record({ ...context, depth: 0 })}, ${this.record({ ...context, depth: 0 })}]`;
    }
  }

  record(context: Context): string {
    const e = (kind: Kind): string => this.expression(kind, context);
    return `{ name = ${e("string")}, size = ${e("number")}, on = ${e("bool")}, tags = tomap({ k = ${e("string")} }) }`;
  }

  conditional(kind: Kind, context: Context): string {
    // Arms that differ: for an open condition Draco decides where they agree, and Terraform does not.
    const condition = this.expression("bool", { ...context, known: context.known || kind !== "string" });
    if (kind !== "string")
      return `(${condition} ? ${this.expression(kind, context)} : ${this.expression(kind, context)})`;
    return `(${condition} ? "yes-\${${this.expression("string", context)}}" : "no-\${${this.expression("string", context)}}")`;
  }

  string(context: Context): string {
    const e = (kind: Kind, known = context.known): string => this.expression(kind, { ...context, known });
    switch (this.below(14)) {
      case 0:
      case 1:
        return `"${this.pick(["", "pre-", "$${x}", "%%{y}"])}\${${e("string")}}${this.pick(["", "/*", "é"])}\${${e("number")}}"`;
      case 2:
        return `upper(${e("string")})`;
      case 3:
        return `join(${this.word()}, ${e("strings")})`;
      case 4:
        return `format("%s-%03d", ${e("string")}, ${this.below(200)})`;
      case 5:
        return `${e("object")}.name`;
      case 6:
        return `lookup(${e("map")}, "k", ${e("string")})`;
      case 7:
        return `tostring(${e("number")})`;
      case 8:
        return `"%{if ${e("bool", true)}}on \${${e("string")}}%{else}off%{endif}"`;
      case 9:
        return `"%{for i, s in ${e("strings", true)}}\${i}=\${s};%{endfor}"`;
      case 10:
        return `try(${e("object", true)}.missing, ${e("string")})`;
      case 11:
        return `jsonencode(${e(this.pick(["strings", "map", "object", "number"]), true)})`;
      case 12:
        return `trimspace(" \${${e("string")}} ")`;
      default:
        return `(<<-EOT\n      begin\n        \${${e("string")}} ~\n      %{~for s in ${e("strings", true)}~}\n      * \${s}\n      %{endfor~}\n      end\n    EOT\n    )`;
    }
  }

  number(context: Context): string {
    const e = (kind: Kind): string => this.expression(kind, context);
    switch (this.below(7)) {
      case 0:
        return `(${e("number")} ${this.pick(["+", "-", "*"])} ${e("number")})`;
      case 1:
        return `(${e("number")} ${this.pick(["/", "%"])} ${this.pick(["2", "3", "0.5"])})`;
      case 2:
        return `length(${this.expression(this.pick(["strings", "numbers", "map"]), { ...context, known: true })})`;
      case 3:
        return `max(${e("number")}, ${this.below(50)})`;
      case 4:
        return `-(${e("number")})`;
      case 5:
        return `${e("object")}.size`;
      default:
        return `sum(concat(${e("numbers")}, [${this.below(5)}]))`;
    }
  }

  bool(context: Context): string {
    const e = (kind: Kind, known = context.known): string => this.expression(kind, { ...context, known });
    switch (this.below(7)) {
      case 0:
        return `(${e("string", true)} ${this.pick(["==", "!="])} ${e("string", true)})`;
      case 1:
        return `(${e("number")} ${this.pick(["<", "<=", ">", ">="])} ${e("number")})`;
      case 2:
        // Where one side decides, Terraform 1.11 still waits for the other, and Draco does not.
        return `(${e("bool", true)} ${this.pick(["&&", "||"])} ${e("bool", true)})`;
      case 3:
        return `!${e("bool")}`;
      case 4:
        return `contains(${e("strings", true)}, ${e("string", true)})`;
      case 5:
        return `can(${e("object", true)}.${this.pick(["name", "missing"])})`;
      default:
        return `(${e("number", true)} == ${this.below(4)})`;
    }
  }

  strings(context: Context): string {
    const e = (kind: Kind, known = context.known): string => this.expression(kind, { ...context, known });
    const v = `s${this.#fresh++}`;
    const inner: Context = { ...context, names: [...context.names, { text: v, kind: "string", known: false }] };
    switch (this.below(10)) {
      case 0:
        return `tolist([${e("string")}, ${e("string")}])`;
      case 1:
        return `tolist([for ${v} in ${e("strings", true)} : ${this.expression("string", { ...inner, known: context.known, names: inner.names.map((n) => (n.text === v ? { ...n, known: true } : n)) })}])`;
      case 2:
        return `concat(${e("strings")}, ${e("strings")})`;
      case 3:
        return `sort(${e("strings", true)})`;
      case 4:
        return `keys(${e("map", true)})`;
      case 5:
        return `values(${e("map")})`;
      case 6:
        return `tolist(toset(${e("strings", true)}))`;
      case 7:
        return `tolist(${e("objects")}[*].name)`;
      case 8:
        return `split("-", ${e("string", true)})`;
      default:
        return `tolist([for i, ${v} in ${e("strings", true)} : "\${i}-\${${v}}" if ${v} != ${this.word()}])`;
    }
  }

  numbers(context: Context): string {
    const e = (kind: Kind, known = context.known): string => this.expression(kind, { ...context, known });
    switch (this.below(4)) {
      case 0:
        return `tolist([${e("number")}, ${e("number")}])`;
      case 1:
        return `range(1, ${2 + this.below(4)})`;
      case 2:
        return `tolist(${e("objects")}.*.size)`;
      default:
        return `tolist([for s in ${e("strings", true)} : length(s)])`;
    }
  }

  map(context: Context): string {
    const e = (kind: Kind, known = context.known): string => this.expression(kind, { ...context, known });
    switch (this.below(5)) {
      case 0:
        return `tomap({ k = ${e("string")}, (${e("string", true)}) = ${e("string")} })`;
      case 1:
        return `merge(${e("map")}, { k = ${e("string")} })`;
      case 2:
        return `tomap({ for s in toset(${e("strings", true)}) : "k\${s}" => s })`;
      case 3:
        return `tomap({ for i, o in ${e("objects", true)} : "\${i}" => o.name })`;
      default:
        return `merge(${e("object")}.tags, ${e("map")})`;
    }
  }

  object(context: Context): string {
    return this.below(3) === 0
      ? `merge(${this.record(context)}, { name = ${this.expression("string", context)} })`
      : this.record(context);
  }

  objects(context: Context): string {
    return this.below(2) === 0
      ? `[${this.record(context)}, ${this.record(context)}]`
      : `[for s in ${this.expression("strings", { ...context, known: true })} : { name = s, size = ${this.expression("number", context)}, on = null, tags = tomap({}) }]`;
  }
}

const UNKNOWNS: readonly Name[] = [
  { text: "terraform_data.u.id", kind: "string", known: false },
  { text: "terraform_data.u.output.name", kind: "string", known: false },
  { text: "terraform_data.u.output.size", kind: "number", known: false },
  { text: "terraform_data.many[1].id", kind: "string", known: false },
  { text: "tolist(terraform_data.many[*].id)", kind: "strings", known: false },
];

/** One configuration: a module with a child module, called from a common root. */
export function generateConfiguration(seed: number): Configuration {
  const g = new Generator(seed);
  const constant: Context = { names: [], depth: 2, known: true };
  const names: Name[] = [...UNKNOWNS];
  const main: string[] = [
    `resource "terraform_data" "u" {\n  input = { name = "u", size = 3 }\n}`,
    `resource "terraform_data" "many" {\n  count = 2\n  input = count.index\n}`,
  ];
  const call: string[] = [];
  for (let i = 0; i < 4; i++) {
    const kind = g.pick(KINDS);
    const given = g.below(2) === 0;
    main.push(
      `variable "v${i}" {\n  type = ${TYPES[kind]}\n  default = ${plain(g, kind)}\n${g.below(5) === 0 ? "  nullable = false\n" : ""}${g.below(8) === 0 ? "  sensitive = true\n" : ""}}`,
    );
    if (given)
      call.push(
        `v${i} = ${kind === "object" ? '{ name = "given" }' : kind === "objects" ? '[{ name = "given", on = true }, { name = "two", size = "3" }]' : g.expression(kind, constant)}`,
      );
    names.push({ text: `var.v${i}`, kind, known: true });
  }
  const sensitive = /sensitive = true/.test(main.join());
  const locals: string[] = [];
  for (let i = 0; i < 6; i++) {
    const kind = g.pick(KINDS);
    const known = g.below(2) === 0;
    locals.push(`  l${i} = ${g.expression(kind, { names, depth: 3, known })}`);
    names.push({ text: `local.l${i}`, kind, known });
  }
  main.push(`locals {\n${locals.join("\n")}\n}`);
  const childKind = g.pick(KINDS);
  main.push(
    `module "child" {\n  source = "./child"\n  count = ${1 + g.below(2)}\n  given = ${g.expression(childKind, { names, depth: 2, known: false })}\n}`,
  );
  main.push(`resource "terraform_data" "from_child" {\n  input = [module.child[*].doubled, module.child[0].id]\n}`);
  for (let i = 0; i < 4; i++) {
    main.push(
      `resource "terraform_data" "r${i}" {\n  input = ${g.expression(g.pick(KINDS), { names, depth: 4, known: false })}\n  triggers_replace = [${g.expression("string", { names, depth: 2, known: false })}, ${g.expression("bool", { names, depth: 2, known: false })}]\n}`,
    );
  }
  // Instances are keyed by what is known and not secret.
  const keys: Context = { names: sensitive ? [] : names, depth: 2, known: true };
  main.push(
    `resource "terraform_data" "each" {\n  for_each = toset([for s in ${g.expression("strings", keys)} : "key \${s}"])\n  input = "\${each.key}-\${length(each.value)}"\n}`,
  );
  main.push(
    `resource "terraform_data" "mapped" {\n  for_each = { for k, v in ${g.expression("map", keys)} : k => { value = v, id = terraform_data.u.id } if k != "z z" }\n  input = merge(each.value, { key = each.key })\n}`,
  );
  main.push(
    `resource "terraform_data" "counted" {\n  count = min(3, length(${g.expression("strings", keys)}))\n  input = { index = count.index, all = terraform_data.many[*].input }\n}`,
  );
  const child = `variable "given" {\n  type = ${TYPES[childKind]}\n}\nresource "terraform_data" "inner" {\n  input = var.given\n}\noutput "doubled" {\n  value = [var.given, var.given]\n}\noutput "id" {\n  value = terraform_data.inner.id\n}\n`;
  return {
    name: `c${seed}`,
    files: new Map([
      ["main.tf", `${main.join("\n\n")}\n`],
      ["child/main.tf", child],
    ]),
    call: call.join("\n  "),
  };
}

/** Defaults are constants: no functions. */
function plain(g: Generator, kind: Kind): string {
  switch (kind) {
    case "strings":
      return '["p", "q"]';
    case "numbers":
      return '[1, "2", 3]';
    case "map":
      return '{ k = "m", n = 5 }';
    case "object":
      return '{ name = "default", extra = 1 }';
    case "objects":
      return '[{ name = "d0" }, { name = "d1", size = 2, tags = { k = "own" } }]';
    default:
      return g.literal(kind, { names: [], depth: 0, known: true });
  }
}
