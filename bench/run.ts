/**
 * Runs the benches that are named (`scan`, `fixers`; both where none is). `scan` times the built command line, so build
 * first. DRACO_CORPORA, or `--corpora DIR`, names a directory of real infrastructure code; without one `scan` measures
 * generated code and `fixers` has nothing to do.
 */
import { benchFixers } from "./fixers.ts";
import { benchScan } from "./scan.ts";

const args = process.argv.slice(2);
const given = args.indexOf("--corpora");
const corpora = given >= 0 ? args[given + 1] : process.env.DRACO_CORPORA;
const named = args.filter((arg, index) => !arg.startsWith("-") && index !== given + 1);
const wanted = (name: string): boolean => named.length === 0 || named.includes(name);

const outcomes = [
  !wanted("scan") || benchScan(corpora),
  !wanted("fixers") || corpora === undefined || (await benchFixers(corpora)),
];
if (outcomes.includes(false)) {
  console.error("A budget was missed, or a fix was not proven.");
  process.exitCode = 1;
}
