import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../../src/core/model/resource.ts";
import { Unknown } from "../../../../src/core/model/value.ts";
import { readCloudFormation } from "../../../../src/core/read/cloudformation/read.ts";
import { Estate } from "../../../../src/core/rules/estate.ts";

const encoder = new TextEncoder();
const reading = (text: string, path = "stack.yaml") => readCloudFormation([{ path, bytes: encoder.encode(text) }]);
/** As the template is by default. */
const resources = (text: string): readonly Resource[] => reading(text).stacks[0]?.resources ?? [];
function only(text: string): Resource {
  const found = resources(text).at(-1);
  if (!found) throw new Error("nothing was read");
  return found;
}
/** The attributes of one SNS topic with these properties, in a template with these other sections. */
const topic = (properties: string, sections = ""): Resource =>
  only(
    `${sections}\nResources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n${properties.replace(/^/gm, "      ")}\n`,
  );
const named = (expression: string, sections = "") => topic(`TopicName: ${expression}`, sections).attributes.name;

const PARAMETERS = `Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Open: {Type: String}
  One: {Type: String, AllowedValues: [only]}
  Count: {Type: Number, Default: "3"}
  List: {Type: CommaDelimitedList, Default: "a, b"}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /x}
Mappings:
  Sizes: {dev: {size: small}, prod: {size: big}}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  IsOpen: !Equals [!Ref Open, "yes"]
  Neither: !Not [!Or [Condition: IsDev, !Condition IsOpen]]
  Never: !Equals [a, b]
  Both: !And [!Condition IsDev, !Equals [1, "1"]]`;

describe("functions", () => {
  it.each([
    ["!Ref Env", "dev"],
    ["{Ref: Count}", 3],
    ["!Ref One", "only"],
    ["!Sub 'x-${Env}-${!Literal}'", "x-dev-${Literal}"],
    ["!Sub ['${A}/${Env}', {A: !Ref Count}]", "3/dev"],
    ["{'Fn::Sub': 'x-${Env}'}", "x-dev"],
    ["!Join ['-', [a, !Ref Env, c]]", "a-dev-c"],
    ["{'Fn::Join': [',', !Ref List]}", "a,b"],
    ["!Select [1, !Ref List]", "b"],
    ["!Select ['1', !Split ['/', 'a/b/c']]", "b"],
    ["!FindInMap [Sizes, !Ref Env, size]", "small"],
    ["!FindInMap [Sizes, none, size, {DefaultValue: medium}]", "medium"],
    ["!If [IsDev, yes-dev, no-dev]", "yes-dev"],
    ["!If [Never, a, b]", "b"],
    ["!If [Both, a, b]", "a"],
    ["!If [IsOpen, same, same]", "same"],
    ["{'Fn::Base64': !Sub 'run ${Env}'}", "run dev"],
    ["{'Fn::ToJsonString': {a: [1, !Ref Env]}}", '{"a":[1,"dev"]}'],
    ["{'Fn::Length': !Ref List}", 2],
    ["!If [IsOpen, !Ref 'AWS::NoValue', !Ref 'AWS::NoValue']", undefined],
  ])("evaluates %s", (expression, expected) => {
    expect(named(expression, PARAMETERS)).toEqual(expected);
  });

  it.each([
    "!Ref Open",
    "!Ref Image",
    "!If [IsOpen, a, b]",
    "!If [Neither, a, !Ref Open]",
    "!ImportValue x",
    "!GetAZs ''",
    "!FindInMap [Sizes, none, size]",
    "!If [IsOpen, a, !Ref 'AWS::NoValue']",
  ])("leaves %s unknown", (expression) => {
    expect(named(expression, PARAMETERS)).toBeInstanceOf(Unknown);
  });

  it("keeps the certain beginning, the outline and the origin of a text that is known in part", () => {
    const value = named("!Sub 'arn:aws:s3:::logs-${AWS::AccountId}/${T.TopicName}/*'");
    expect(value).toMatchObject({
      prefix: "arn:aws:s3:::logs-",
      from: ["AWS::AccountId", "T.topic_name"],
      outline: "arn:aws:s3:::logs-<AWS::AccountId>\uFFFC/<T.topic_name>\uFFFC/*",
    });
  });

  it("takes AWS::NoValue for not written", () => {
    expect(topic("TopicName: !If [Never, x, !Ref 'AWS::NoValue']\nDisplayName: d", PARAMETERS).attributes).toEqual({
      display_name: "d",
    });
  });

  it("keeps what both arms of an open condition agree on", () => {
    const found = only(
      `${PARAMETERS}\nResources:\n  I:\n    Type: AWS::RDS::DBInstance\n    Properties: !If [IsOpen, {StorageEncrypted: true, MultiAZ: true}, {StorageEncrypted: true, MultiAZ: false}]\n`,
    );
    expect(found.attributes.storage_encrypted).toBe(true);
    expect(found.attributes.multi_az).toBeInstanceOf(Unknown);
  });

  it("ends conditions that ask for each other", () => {
    expect(named("!If [A, x, y]", "Conditions:\n  A: !Condition B\n  B: !Not [!Condition A]")).toBeInstanceOf(Unknown);
  });
});

describe("resources", () => {
  it("drops what no deployment has, and calls possible what some have", () => {
    const found = resources(
      `${PARAMETERS}\nResources:\n  A: {Type: "AWS::SNS::Topic", Condition: Never}\n  B: {Type: "AWS::SNS::Topic", Condition: Neither}\n  C: {Type: "AWS::SNS::Topic", Condition: IsDev}\n`,
    );
    expect(found.map((r) => [r.address, r.possible ?? false])).toEqual([
      ["B", true],
      ["C", false],
    ]);
  });

  it("keeps types that no table knows, in snake_case", () => {
    const found = only(
      "Resources:\n  A:\n    Type: Custom::Thing\n    Properties:\n      DBName: x\n      KMSKeyId: y\n      Inner: {HTTPPort: 1}\n",
    );
    expect([found.type, found.attributes]).toEqual([
      "Custom::Thing",
      { db_name: "x", kms_key_id: "y", inner: [{ http_port: 1 }] },
    ]);
  });

  it("links resources through Ref, GetAtt and Sub, so that joins work", () => {
    const text =
      "Resources:\n  B:\n    Type: AWS::S3::Bucket\n  P:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Ref B\n      PolicyDocument:\n        Statement:\n          - Effect: Allow\n            Principal: '*'\n            Action: s3:GetObject\n            Resource: !Sub '${B.Arn}/*'\n";
    const estate = new Estate(resources(text));
    const policy = estate.get("P");
    expect(policy?.resource.references.map((r) => [r.path, r.to, r.attribute])).toEqual([
      ["bucket", "B", "id"],
      ["policy", "B", "arn"],
    ]);
    expect(estate.get("B")?.joined("aws_s3_bucket_policy", "bucket")).toEqual([policy]);
    expect(policy?.resource.attributes.policy).toMatchObject({ outline: expect.stringContaining('"<B.arn>\uFFFC/*"') });
  });

  it("marks what a NoEcho parameter gives as sensitive", () => {
    const found = only(
      "Parameters:\n  Pw: {Type: String, NoEcho: true, Default: hunter2}\nResources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Ref Pw\n      DBName: !Sub 'x${Pw}'\n",
    );
    expect(found.sensitive).toEqual(["password", "db_name"]);
  });

  it("finds values through a parameter to its default, and blocks where they are written", () => {
    const text =
      "Parameters:\n  Enc:\n    Type: String\n    Default: 'false'\nResources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      StorageEncrypted: !Ref Enc\n      MultiAZ: true\n";
    const { origin } = only(text);
    if (origin.kind !== "code") throw new Error("not from code");
    const through = origin.locate("storage_encrypted");
    expect(through).toMatchObject({
      range: { line: 9 },
      literal: { line: 4 },
      steps: [{ kind: "variable-default", name: "Parameters.Enc" }],
    });
    expect(origin.locate("multi_az")).toMatchObject({ range: { line: 10 }, literal: { line: 10 }, steps: [] });
    expect(origin.locate("backup_window")).toBeUndefined();
    expect([origin.header.line, origin.range.endLine]).toEqual([6, 10]);
  });

  it("reads JSON templates, tabs and all", () => {
    const found = only(
      '{\n\t"Resources": {\n\t\t"Q": {\n\t\t\t"Type": "AWS::SQS::Queue",\n\t\t\t"Properties": { "SqsManagedSseEnabled": true, "KmsMasterKeyId": { "Fn::GetAtt": ["K", "Arn"] } }\n\t\t}\n\t}\n}',
    );
    expect(found.type).toBe("aws_sqs_queue");
    expect(found.attributes.sqs_managed_sse_enabled).toBe(true);
    expect(found.attributes.kms_master_key_id).toMatchObject({ from: ["K.arn"] });
  });

  it("unrolls Fn::ForEach, and leaves a loop over the unknown alone", () => {
    const loop = (collection: string) =>
      `Transform: AWS::LanguageExtensions\nResources:\n  'Fn::ForEach::Topics':\n    - Name\n    - ${collection}\n    - 'Topic${"${Name}"}':\n        Type: AWS::SNS::Topic\n        Properties:\n          TopicName: !Ref Name\n          DisplayName: !Sub 'x-${"${Name}"}'\n`;
    expect(resources(loop("[A, B]")).map((r) => [r.address, r.attributes])).toEqual([
      ["TopicA", { name: "A", display_name: "x-A" }],
      ["TopicB", { name: "B", display_name: "x-B" }],
    ]);
    expect(resources(loop("!Ref Nothing"))).toEqual([]);
    expect(reading(loop("!Ref Nothing")).diagnostics).toEqual([
      expect.objectContaining({ severity: "warning", line: 3 }),
    ]);
  });

  it("hands on Metadata.checkov.skip as comments", () => {
    const { comments } = reading(
      "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Metadata:\n      checkov:\n        skip:\n          - id: CKV_AWS_18\n            comment: logs go elsewhere\n",
    );
    expect(comments).toEqual([expect.objectContaining({ text: "checkov:skip=CKV_AWS_18:logs go elsewhere" })]);
  });

  it("says where a template is broken", () => {
    const { diagnostics, stacks } = reading("Resources:\n  A: {Type: x\n  B: ]\n");
    expect(stacks).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ severity: "error", file: "stack.yaml" });
  });
});

describe("serverless", () => {
  it("gives functions what Globals say, merged with their own", () => {
    const found = only(
      "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function:\n    Runtime: nodejs22.x\n    Tracing: Active\n    Environment: {Variables: {A: '1', B: '2'}}\n    VpcConfig: {SubnetIds: [s1]}\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      Environment: {Variables: {B: '3'}}\n      VpcConfig: {SubnetIds: [s2]}\n      DeadLetterQueue: {Type: SQS, TargetArn: x}\n",
    );
    expect(found.type).toBe("aws_lambda_function");
    expect(found.attributes).toMatchObject({
      runtime: "python3.13",
      tracing_config: [{ mode: "Active" }],
      environment: [{ variables: { A: "1", B: "3" } }],
      vpc_config: [{ subnet_ids: ["s1", "s2"] }],
      dead_letter_config: [{ target_arn: "x" }],
    });
  });
});
