import { findTerraform } from "../../src/adapters/terraform/find.ts";

/** The tool on the PATH; says once that tests do without where there is none. */
export function installedTerraform(): string | undefined {
  const binary = findTerraform();
  if (!binary && !said) console.log("no terraform or tofu on the PATH: applies are expected to be recorded as skipped");
  said = true;
  return binary;
}

let said = false;
