/** Copies of databases: snapshots and their copies. */

import { asSeenFrom, requireSet, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { rule } from "../rule.ts";

export const clusterSnapshot = rule({
  id: "aws-rds-cluster-snapshot-encryption",
  aliases: ["CKV_AWS_146"],
  title: "RDS cluster snapshot is not encrypted",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_db_cluster_snapshot",
  why: "Whoever may copy or restore the snapshot reads the database. A snapshot is encrypted only if its cluster is.",
  remedy: "Encrypt the cluster; its snapshots are encrypted with it.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check(view) {
    const [cluster] = view.joined("aws_rds_cluster", "db_cluster_identifier");
    const own = requireTrue(view, "storage_encrypted", { message: "The snapshot is not encrypted" });
    if (!cluster || view.get("storage_encrypted").kind !== "absent") return own;
    return asSeenFrom(cluster, requireTrue(cluster, "storage_encrypted", { message: "Its cluster is not encrypted" }));
  },
  bad: `
    resource "aws_db_cluster_snapshot" "s" {
      db_cluster_identifier          = "c"
      db_cluster_snapshot_identifier = "s"
    }
  `,
  good: `
    resource "aws_rds_cluster" "c" {
      engine            = "aurora-mysql"
      storage_encrypted = true
    }

    resource "aws_db_cluster_snapshot" "s" {
      db_cluster_identifier          = aws_rds_cluster.c.id
      db_cluster_snapshot_identifier = "s"
    }
  `,
});

export const snapshotCopy = rule({
  id: "aws-rds-snapshot-copy-customer-key",
  aliases: ["CKV_AWS_266"],
  title: "Copy of an RDS snapshot does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_db_snapshot_copy",
  why: "The key that AWS manages cannot be limited, shared or withdrawn. With a key of your own you decide who may decrypt the copy.",
  remedy: "Set kms_key_id to a key of your own.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html"],
  check: (view) => requireSet(view, "kms_key_id"),
  bad: `
    resource "aws_db_snapshot_copy" "s" {
      source_db_snapshot_identifier = "a"
      target_db_snapshot_identifier = "b"
    }
  `,
  good: `
    resource "aws_db_snapshot_copy" "s" {
      source_db_snapshot_identifier = "a"
      target_db_snapshot_identifier = "b"
      kms_key_id                    = "arn:aws:kms:eu-west-1:123456789012:key/1"
    }
  `,
});
