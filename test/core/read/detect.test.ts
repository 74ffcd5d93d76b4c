import { describe, expect, it } from "@jest/globals";
import { detectFormat } from "../../../src/core/read/detect.ts";

const detect = (path: string, text = "") => detectFormat(path, new TextEncoder().encode(text));

describe("detectFormat", () => {
  it.each([
    ["main.tf", "", "terraform"],
    ["main.tf.json", "{}", "terraform"],
    ["x.tofu", "", "terraform"],
    ["Dockerfile", "FROM a", "dockerfile"],
    ["docker/Dockerfile.prod", "FROM a", "dockerfile"],
    ["api.Dockerfile", "FROM a", "dockerfile"],
    ["Containerfile", "FROM a", "dockerfile"],
    ["build/image", "# syntax=docker/dockerfile:1\nARG A=1\n\nFROM alpine:$A\n", "dockerfile"],
    [".github/workflows/ci.yml", "name: x", "workflow"],
    ["sub/.github/workflows/ci.yaml", "on: push", "workflow"],
    ["tool/action.yml", "name: x\nruns:\n  using: composite\n", "workflow"],
    ["a.yaml", "apiVersion: v1\nkind: Pod\n", "kubernetes"],
    ["a.json", '{"kind": "Pod", "apiVersion": "v1"}', "kubernetes"],
    ["t.yml", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n", "cloudformation"],
    ["t.yml", "AWSTemplateFormatVersion: 2010-09-09\n", "cloudformation"],
    ["t.template", '{ "Resources": { "A": { "Type": "AWS::SNS::Topic" } } }', "cloudformation"],
    ["plan.json", '{"format_version":"1.2","terraform_version":"1.11.0","planned_values":{}}', "plan"],
  ])("tells %s", (path, text, format) => {
    expect(detect(path, text)).toBe(format);
  });

  it.each([
    ["package.json", '{"name":"x"}'],
    ["values.yaml", "image: nginx\nreplicas: 2\n"],
    ["compose.yaml", "services:\n  web:\n    image: nginx\n"],
    ["Dockerfile.dockerignore", "node_modules"],
    ["README", "FROM the beginning, this was a text."],
    ["notes.md", "apiVersion: v1\nkind: Pod\n"],
    ["infracost-usage.yml", "version: 0.1\nresource_usage:\n  aws_instance.web:\n    kind: x\n"],
  ])("leaves %s alone", (path, text) => {
    expect(detect(path, text)).toBeUndefined();
  });
});
