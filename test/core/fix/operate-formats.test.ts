/** Fixers' operations on manifests, workflows, templates and Dockerfiles, as planFix runs them. */
import { describe, expect, it } from "@jest/globals";
import { operate } from "../../../src/core/fix/operate.ts";
import { WorkingFiles } from "../../../src/core/fix/working-files.ts";
import type { FixOperation } from "../../../src/core/model/patch.ts";
import type { SourceFile } from "../../../src/core/model/source-range.ts";
import { readCloudFormation } from "../../../src/core/read/cloudformation/read.ts";
import { readDockerfiles } from "../../../src/core/read/dockerfile/read.ts";
import { readKubernetes } from "../../../src/core/read/kubernetes/read.ts";
import type { Reading } from "../../../src/core/read/reading.ts";

function run(
  read: (files: readonly SourceFile[]) => Reading,
  path: string,
  text: string,
  address: string,
  operations: readonly FixOperation[],
) {
  const source = { path, bytes: new TextEncoder().encode(text) };
  const target = read([source])
    .stacks.flatMap((s) => s.resources)
    .find((r) => r.address === address);
  if (!target) throw new Error(`no ${address}`);
  let files = WorkingFiles.of([source]);
  for (const operation of operations) {
    const step = operate(operation, target, files);
    if (!step.ok) return step.why;
    files = step.files;
  }
  return new TextDecoder().decode(files.get(path)?.bytes);
}

describe("operate", () => {
  it("edits the right object of a manifest with several, one operation on top of the other", () => {
    const text =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: x\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n  spec:\n    containers:\n    - name: y\n      image: i:1\n";
    const after = run(readKubernetes, "p.yaml", text, "Pod.default.b", [
      { op: "set", path: "spec.containers.0.securityContext.privileged", value: false },
      { op: "set", path: "spec.containers.0.securityContext.runAsUser", value: 10001 },
      { op: "set", path: "spec.hostPID", value: false },
    ]);
    expect(after).toBe(
      text.replace(
        "      image: i:1\n",
        "      image: i:1\n      securityContext:\n        privileged: false\n        runAsUser: 10001\n    hostPID: false\n",
      ),
    );
  });

  it("replaces, removes and adds instructions of a Dockerfile", () => {
    const text = 'FROM a:1\nMAINTAINER x\nEXPOSE 22 \\\n  23\n# keep\nCMD ["a"]\n';
    const after = run(readDockerfiles, "Dockerfile", text, "Dockerfile", [
      { op: "set", path: "stages.0.instructions.0", value: 'LABEL maintainer="x"' },
      { op: "remove", path: "stages.0.instructions.1" },
      { op: "add-block", path: "stages.0.instructions", body: { attributes: { text: "USER app" } } },
    ]);
    expect(after).toBe('FROM a:1\nLABEL maintainer="x"\n# keep\nCMD ["a"]\nUSER app\n');
  });

  const template =
    "Parameters:\n  Enc: {Type: String, Default: 'false'}\nResources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      StorageEncrypted: !Ref Enc\n      MultiAZ: false # for now\n";
  it("changes the literal in a template that decides, be it a parameter's default", () => {
    expect(run(readCloudFormation, "t.yaml", template, "D", [{ op: "set", path: "multi_az", value: true }])).toBe(
      template.replace("MultiAZ: false", "MultiAZ: true"),
    );
    expect(
      run(readCloudFormation, "t.yaml", template, "D", [{ op: "set", path: "storage_encrypted", value: true }]),
    ).toBe(template.replace("'false'", "'true'"));
  });

  it("says it in a template's own words, and leaves alone what it does not know or what is computed", () => {
    const bucket =
      "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      VersioningConfiguration: {Status: Suspended}\n";
    expect(
      run(readCloudFormation, "t.yaml", bucket, "B", [{ op: "set", path: "versioning.0.enabled", value: true }]),
    ).toBe(bucket.replace("Suspended", "Enabled"));
    const computed = bucket.replace("{Status: Suspended}", "!If [A, {Status: Suspended}, !Ref 'AWS::NoValue']");
    expect(
      run(readCloudFormation, "t.yaml", computed, "B", [{ op: "set", path: "versioning.0.enabled", value: true }]),
    ).toMatch(/computes/);
    expect(run(readCloudFormation, "t.yaml", bucket, "B", [{ op: "set", path: "force_destroy", value: true }])).toMatch(
      /does not write/,
    );
  });
});
