/**
 * What in a root module runs code or reaches out while it is merely planned (reference: Atlantis' list of exploits). A
 * root with any of it is held for a person before `terraform init` sees it. Deny by default: what cannot be read is held.
 */
import type { SourceFile } from "../model/source-range.ts";
import type { Block, Body } from "../read/hcl/ast.ts";
import { blocksOf } from "../read/hcl/ast.ts";
import { parseHcl } from "../read/hcl/parse.ts";

const RUNS: { readonly [kind: string]: readonly string[] } = {
  data: ["external", "http", "local_file", "local_sensitive_file", "template_file", "terraform_remote_state"],
  resource: ["null_resource", "local_file", "local_sensitive_file", "http"],
};

/** @returns what was found, in words; empty where nothing was. */
export function prescreen(files: readonly SourceFile[]): readonly string[] {
  const found = new Set<string>();
  for (const file of files) {
    if (/(^|\/)\.terraformrc$|(^|\/)terraform\.rc$|\.terragrunt|terragrunt\.hcl$/.test(file.path))
      found.add(`the file ${file.path}`);
    if (!/\.(tf|tofu)$/.test(file.path)) {
      if (/\.(tf|tofu)\.json$/.test(file.path)) found.add(`JSON configuration (${file.path})`);
      continue;
    }
    const parsed = parseHcl(file.bytes, file.path);
    if (parsed.diagnostics.some((d) => d.severity === "error")) found.add(`a file that cannot be read (${file.path})`);
    for (const block of blocksOf(parsed.body)) for (const what of inBlock(block)) found.add(what);
  }
  return [...found].sort();
}

function* inBlock(block: Block): Generator<string> {
  const type = block.labels[0]?.value ?? "";
  if (RUNS[block.type]?.includes(type)) yield `${block.type} ${type}`;
  if (block.type === "import" || block.type === "removed") yield `an ${block.type} block`;
  if (block.type === "terraform") {
    for (const inner of blocksOf(block.body))
      if (["backend", "cloud"].includes(inner.type)) yield `a ${inner.type} block`;
  }
  if (block.type === "provider") {
    for (const inner of blocksOf(block.body)) if (inner.type === "endpoints") yield "provider endpoints";
  }
  if (block.type === "module") {
    for (const item of block.body.items) {
      if (item.kind === "attribute" && item.name === "source" && !isLocal(item.value))
        yield `a module from elsewhere (${type})`;
    }
  }
  yield* provisioners(block.body);
}

function* provisioners(body: Body): Generator<string> {
  for (const inner of blocksOf(body)) {
    if (inner.type === "provisioner") yield `a ${inner.labels[0]?.value ?? ""} provisioner`;
    yield* provisioners(inner.body);
  }
}

const isLocal = (source: { readonly kind: string }): boolean => {
  if (source.kind !== "template" || !("parts" in source) || !Array.isArray(source.parts)) return false;
  const [only] = source.parts;
  return source.parts.length === 1 && only.kind === "literal" && /^\.\.?\//.test(String(only.value));
};
