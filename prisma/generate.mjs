// Generates the database client. Prisma's CLI wants to download a schema engine first, although generating needs none:
// naming any executable keeps it from trying, so this works where only the npm registry can be reached.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

let cli;
try {
  const manifest = require.resolve("prisma/package.json");
  const { bin } = require(manifest);
  cli = join(dirname(manifest), typeof bin === "string" ? bin : bin.prisma);
} catch {
  console.error("prisma is not installed: run `npm ci` with development dependencies, then `npm run generate`.");
  process.exit(1);
}

const run = spawnSync(process.execPath, [cli, "generate", "--no-hints", "--schema", join(here, "schema.prisma")], {
  cwd: dirname(here),
  encoding: "utf8",
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  },
});

if (run.status !== 0) {
  console.error("The database client could not be generated from prisma/schema.prisma:");
  console.error([run.stdout, run.stderr, run.error?.message].filter(Boolean).join("\n").trim());
  process.exit(run.status || 1);
}
