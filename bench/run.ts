/**
 * Measures what is promised of speed and memory, and prints it as one table beside the goals. Names of benches (`parse`,
 * `scan`, `incremental`, `fixers`, `redaction`) choose among them; all but `redaction` run where none is given. `scan` times the built command line
 * (DRACO_CLI, else dist/cli.js). `--corpora DIR`, or DRACO_CORPORA, names a directory of real infrastructure code:
 * without one nothing is parsed or fixed, and generated code is scanned. Exit code 1 where a goal is missed.
 */
import { benchFixers } from "./fixers.ts";
import { measureIncremental } from "./incremental.ts";
import { measureParsing } from "./parse.ts";
import { benchRedaction } from "./redaction.ts";
import type { Row } from "./row.ts";
import { measureScan } from "./scan.ts";

const args = process.argv.slice(2);
const given = args.indexOf("--corpora");
const corpora = given >= 0 ? args[given + 1] : process.env.DRACO_CORPORA;
const named = args.filter((arg, index) => !arg.startsWith("-") && (given < 0 || index !== given + 1));
const isWanted = (name: string): boolean => named.length === 0 || named.includes(name);

async function parsing(directory: string): Promise<readonly Row[]> {
  const { files, megabytes, speed, coldSpeed, ratios } = await measureParsing([directory]);
  const measured = `${speed.toFixed(1)} MB/s (first round ${coldSpeed.toFixed(1)})`;
  const what = `HCL parsed, ${files} files, ${megabytes.toFixed(1)} MB`;
  const others = [...ratios].map(([name, ratio]) => ({
    what: `beside ${name}`,
    measured: `${ratio.toFixed(1)} × as fast`,
    goal: "at least 10 ×",
    ok: ratio >= 10,
  }));
  return [{ what, measured, goal: "at least 20 MB/s", ok: speed >= 20 }, ...others];
}

async function incremental(): Promise<readonly Row[]> {
  const { files, coldMs, leastMs, medianMs, evaluated } = await measureIncremental();
  const most = Math.max(...evaluated);
  return [
    {
      what: `one file touched of ${files}`,
      measured: `${medianMs.toFixed(0)} ms of CPU (least ${leastMs.toFixed(0)}, cold ${coldMs.toFixed(0)})`,
      goal: "under 150 ms",
      ok: medianMs < 150,
    },
    { what: "root modules evaluated for it", measured: `${most}`, goal: "1", ok: most === 1 },
  ];
}

const rows: Row[] = [];
if (isWanted("parse") && corpora !== undefined) rows.push(...(await parsing(corpora)));
if (isWanted("scan")) rows.push(...measureScan(corpora));
if (isWanted("incremental")) rows.push(...(await incremental()));
if (rows.length > 0)
  console.table(rows.map(({ ok, ...row }) => ({ ...row, ok: ok === undefined ? "" : ok ? "yes" : "NO" })));

const areFixesProven = !isWanted("fixers") || corpora === undefined || (await benchFixers(corpora));
const isRedacted = !named.includes("redaction") || benchRedaction();
if (!areFixesProven || !isRedacted || rows.some((row) => row.ok === false)) {
  console.error("A goal was missed, or a fix was not proven.");
  process.exitCode = 1;
}
