import { type Fields, json, type Mappings } from "../shape.ts";

const inlinePolicy: Fields = { PolicyName: "name", PolicyDocument: json("policy") };

export const iam: Mappings = {
  "AWS::IAM::Role": {
    type: "aws_iam_role",
    fields: {
      RoleName: "name",
      AssumeRolePolicyDocument: json("assume_role_policy"),
      ManagedPolicyArns: "managed_policy_arns",
      Policies: { to: "inline_policy", fields: inlinePolicy },
    },
    also: [{ type: "aws_iam_role_policy", when: "Policies", each: true, link: "role", fields: inlinePolicy }],
  },
  "AWS::IAM::User": {
    type: "aws_iam_user",
    fields: { UserName: "name", Policies: { to: "inline_policy", fields: inlinePolicy } },
    also: [{ type: "aws_iam_user_policy", when: "Policies", each: true, link: "user", fields: inlinePolicy }],
  },
  "AWS::IAM::Group": {
    type: "aws_iam_group",
    fields: { GroupName: "name", Policies: { to: "inline_policy", fields: inlinePolicy } },
    also: [{ type: "aws_iam_group_policy", when: "Policies", each: true, link: "group", fields: inlinePolicy }],
  },
  "AWS::IAM::Policy": {
    type: "aws_iam_policy",
    fields: { ...inlinePolicy, Users: null, Roles: null, Groups: null },
    also: [{ type: "aws_iam_policy_attachment", when: "Users", link: "policy_arn", fields: { Users: "users" } }],
  },
  "AWS::IAM::ManagedPolicy": {
    type: "aws_iam_policy",
    fields: { ManagedPolicyName: "name", PolicyDocument: json("policy"), Users: null, Roles: null, Groups: null },
    also: [{ type: "aws_iam_policy_attachment", when: "Users", link: "policy_arn", fields: { Users: "users" } }],
  },
  "AWS::IAM::UserPolicy": { type: "aws_iam_user_policy", fields: { ...inlinePolicy, UserName: "user" } },
  "AWS::IAM::RolePolicy": { type: "aws_iam_role_policy", fields: { ...inlinePolicy, RoleName: "role" } },
  "AWS::IAM::GroupPolicy": { type: "aws_iam_group_policy", fields: { ...inlinePolicy, GroupName: "group" } },
  "AWS::IAM::AccessKey": { type: "aws_iam_access_key", fields: { UserName: "user" } },
  "AWS::SSO::PermissionSet": {
    type: "aws_ssoadmin_permission_set",
    fields: { InlinePolicy: null },
    also: [
      {
        type: "aws_ssoadmin_permission_set_inline_policy",
        when: "InlinePolicy",
        link: "permission_set_arn",
        fields: { InlinePolicy: json("inline_policy") },
      },
    ],
  },
};
