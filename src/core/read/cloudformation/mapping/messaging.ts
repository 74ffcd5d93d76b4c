import { json, type Mappings } from "../shape.ts";

export const messaging: Mappings = {
  "AWS::SNS::Topic": {
    type: "aws_sns_topic",
    fields: { TopicName: "name", KmsMasterKeyId: "kms_master_key_id" },
  },
  "AWS::SNS::TopicPolicy": {
    type: "aws_sns_topic_policy",
    fields: { PolicyDocument: json("policy"), Topics: "arn" },
  },
  "AWS::SQS::Queue": {
    type: "aws_sqs_queue",
    fields: { QueueName: "name", RedrivePolicy: json("redrive_policy") },
  },
  "AWS::SQS::QueuePolicy": {
    type: "aws_sqs_queue_policy",
    fields: { PolicyDocument: json("policy"), Queues: "queue_url" },
  },
  "AWS::Events::EventBusPolicy": { type: "aws_cloudwatch_event_permission" },
  "AWS::Scheduler::Schedule": { type: "aws_scheduler_schedule" },
};
