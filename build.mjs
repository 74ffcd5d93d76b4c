// Builds dist/: the command line and the library, the demo, or the benches. What a scan needs is bundled, since resolving and
// loading a package file by file costs more than the scan of a small directory; everything else stays a dependency.
// Usage: node build.mjs [cli] [demo] [bench] [--outdir DIR]
import { build } from "esbuild";

const BUNDLED = new Set([
  "cli-table3",
  "commander",
  "dockerfile-ast",
  "ipaddr.js",
  "picocolors",
  "picomatch",
  "yaml",
]);

/** Which package an import speaks of: "@scope/name" or "name", without the path inside. */
const packageOf = (path) => path.split("/", path.startsWith("@") ? 2 : 1).join("/");

/** Packages that are imported from our own sources are bundled or left by name; what a bundled one imports follows it. */
const packages = {
  name: "packages",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      if (kind === "entry-point" || path.startsWith("node:")) return undefined;
      if (BUNDLED.has(packageOf(path)) || importer.includes("node_modules")) return undefined;
      return { path, external: true };
    });
  },
};

const args = process.argv.slice(2);
const outdirAt = args.indexOf("--outdir");
const outdir = outdirAt < 0 ? "dist" : args[outdirAt + 1];

const bundle = (entryPoints, chunks) =>
  build({
    entryPoints,
    outdir,
    chunkNames: `chunks/${chunks}[name]-[hash]`,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    plugins: [packages],
    logLevel: "warning",
    // Bundled CommonJS asks for Node's own modules through require.
    banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  });

if (args.includes("cli")) await bundle({ cli: "src/cli.ts", index: "src/index.ts" }, "");
if (args.includes("demo")) await bundle({ demo: "demo/run.ts" }, "demo-");
if (args.includes("bench")) await bundle({ run: "bench/run.ts" }, "");
