/** Which files are worth reading, told from their names. Their content decides later (`detectFormat`). */

/** Larger files are left out, and said to be. */
export const MOST_FILE_BYTES = 5 * 1024 * 1024;

/** Well-known names that say nothing of infrastructure, and that are often large. */
const NEVER: ReadonlySet<string> = new Set([
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "composer.json",
  "tsconfig.json",
  "license",
  "readme",
  "makefile",
  "gemfile",
  "rakefile",
  "codeowners",
  "changelog",
]);

/** Whether a file may be infrastructure code, or belong to it (variables, lock files, templates). */
export function mayBeInfrastructure(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (isTerraformFile(path)) return true;
  if (NEVER.has(name) || name.startsWith(".")) return false;
  if (/\.(?:ya?ml|json|template|dockerfile|containerfile)$/.test(name)) return true;
  return /^(?:dockerfile|containerfile)/.test(name) || !name.includes(".");
}

/** Files that the evaluation of a Terraform module rests on. */
export function isTerraformFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return (
    /\.(?:tf|tofu)(?:\.json)?$|\.tfvars(?:\.json)?$/.test(name) ||
    name === ".terraform.lock.hcl" ||
    path.endsWith(".terraform/modules/modules.json")
  );
}
