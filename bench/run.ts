/**
 * Times the built command line (`npm run build` first). DRACO_CORPORA, or the argument
 * `--corpora DIR`, names a directory of real infrastructure code; without one, generated code is measured.
 */
import { benchScan } from "./scan.ts";

const args = process.argv.slice(2);
const given = args.indexOf("--corpora");
const corpora = given >= 0 ? args[given + 1] : process.env.DRACO_CORPORA;

if (!benchScan(corpora)) {
  console.error("A budget was missed.");
  process.exitCode = 1;
}
