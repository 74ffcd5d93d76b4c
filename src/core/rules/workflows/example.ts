/** Workflows for the rules' examples. */
import type { Example } from "../rule.ts";

export function workflow(part: {
  readonly on?: string;
  readonly top?: string;
  readonly job?: string;
  readonly steps?: string;
}): Example {
  const lines = [
    "name: ci",
    `on: ${part.on ?? "push"}`,
    ...(part.top ? part.top.split("\n") : ["permissions:", "  contents: read"]),
    "jobs:",
    "  build:",
    ...(part.job ?? "runs-on: ubuntu-24.04").split("\n").map((line) => `    ${line}`),
    ...(part.steps === undefined ? [] : ["    steps:", ...part.steps.split("\n").map((line) => `      ${line}`)]),
  ];
  return { files: { ".github/workflows/ci.yml": `${lines.join("\n")}\n` } };
}
