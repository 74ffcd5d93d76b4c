CREATE TABLE "installations" (
    "id" BIGINT NOT NULL,
    "account_login" TEXT NOT NULL,
    "account_type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "suspended_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    CONSTRAINT "installations_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "repositories" (
    "id" BIGINT NOT NULL,
    "installation_id" BIGINT NOT NULL,
    "owner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "private" BOOLEAN NOT NULL,
    "default_branch" TEXT NOT NULL,
    "last_scan_sha" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),
    CONSTRAINT "repositories_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "pull_requests" (
    "repository_id" BIGINT NOT NULL,
    "number" INTEGER NOT NULL,
    "head_sha" TEXT NOT NULL,
    "base_sha" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "sticky_comment_id" BIGINT,
    "check_run_id" BIGINT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "pull_requests_pkey" PRIMARY KEY ("repository_id", "number")
);

CREATE TABLE "webhook_deliveries" (
    "guid" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "action" TEXT,
    "installation_id" BIGINT,
    "repository_id" BIGINT,
    "payload" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processed_at" TIMESTAMPTZ(3),
    "error" TEXT,
    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("guid")
);

CREATE TABLE "blobs" (
    "sha" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "size" INTEGER NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "blobs_pkey" PRIMARY KEY ("sha")
);

CREATE TABLE "scans" (
    "id" UUID NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "sha" TEXT NOT NULL,
    "ref" TEXT,
    "pull_number" INTEGER,
    "trigger" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "summary" JSONB,
    "error" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    CONSTRAINT "scans_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "findings" (
    "id" UUID NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "root" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "resource_type" TEXT NOT NULL,
    "file" TEXT,
    "line" INTEGER,
    "location" JSONB NOT NULL,
    "message" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "fix" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "first_seen_sha" TEXT NOT NULL,
    "last_seen_sha" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fixed_at" TIMESTAMPTZ(3),
    CONSTRAINT "findings_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "actors" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "github_id" BIGINT,
    "login" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "erased_at" TIMESTAMPTZ(3),
    CONSTRAINT "actors_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "changes" (
    "id" UUID NOT NULL,
    "plan_id" TEXT NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "root" TEXT NOT NULL,
    "fingerprints" TEXT[],
    "state" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "digest" TEXT,
    "patch" JSONB,
    "plan" JSONB,
    "engine" TEXT NOT NULL,
    "risk" TEXT NOT NULL,
    "quorum" INTEGER NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "contributors" TEXT[],
    "branch" TEXT,
    "base_ref" TEXT,
    "pull_number" INTEGER,
    "head_sha" TEXT,
    "base_sha" TEXT,
    "merge_sha" TEXT,
    "comment_id" BIGINT,
    "reason" TEXT,
    "shown_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "changes_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "change_history" (
    "chain" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "change_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "event" TEXT NOT NULL,
    "from" TEXT,
    "to" TEXT,
    "actor" TEXT NOT NULL,
    "surface" TEXT NOT NULL,
    "digest" TEXT,
    "source" TEXT,
    "detail" JSONB NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    CONSTRAINT "change_history_pkey" PRIMARY KEY ("chain", "seq")
);

CREATE TABLE "history_heads" (
    "chain" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    CONSTRAINT "history_heads_pkey" PRIMARY KEY ("chain")
);

CREATE TABLE "approvals" (
    "id" UUID NOT NULL,
    "change_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "surface" TEXT NOT NULL,
    "source" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "voided_at" TIMESTAMPTZ(3),
    "void_reason" TEXT,
    CONSTRAINT "approvals_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "apply_attempts" (
    "id" UUID NOT NULL,
    "change_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "worker" TEXT NOT NULL,
    "fencing_token" BIGINT NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "output" TEXT,
    CONSTRAINT "apply_attempts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "locks" (
    "key" TEXT NOT NULL,
    "holder" TEXT,
    "token" BIGINT NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "acquired_at" TIMESTAMPTZ(3),
    CONSTRAINT "locks_pkey" PRIMARY KEY ("key")
);

CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "change_id" UUID,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "provider_id" TEXT,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "inbound_messages" (
    "sid" TEXT NOT NULL,
    "from_number" TEXT NOT NULL,
    "to_number" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processed_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    CONSTRAINT "inbound_messages_pkey" PRIMARY KEY ("sid")
);

CREATE TABLE "phones" (
    "id" UUID NOT NULL,
    "actor_id" TEXT NOT NULL,
    "e164" TEXT NOT NULL,
    "enrol_code_hash" TEXT,
    "enrol_expires_at" TIMESTAMPTZ(3),
    "verified_at" TIMESTAMPTZ(3),
    "opted_out_at" TIMESTAMPTZ(3),
    "bad_tries" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "phones_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "approval_codes" (
    "id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "change_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "phone_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "approval_codes_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ai_calls" (
    "id" UUID NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "fingerprint" TEXT,
    "purpose" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "request_digest" TEXT NOT NULL,
    "input_tokens" INTEGER NOT NULL,
    "output_tokens" INTEGER NOT NULL,
    "cost_micros" BIGINT,
    "duration_ms" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "gates" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "ai_calls_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "schedules" (
    "repository_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "cron" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "next_run_at" TIMESTAMPTZ(3) NOT NULL,
    "last_run_at" TIMESTAMPTZ(3),
    CONSTRAINT "schedules_pkey" PRIMARY KEY ("repository_id", "name")
);

CREATE TABLE "commands" (
    "comment_id" TEXT NOT NULL,
    "line" INTEGER NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "issue_number" INTEGER NOT NULL,
    "actor_id" TEXT NOT NULL,
    "verb" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "outcome" TEXT,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    CONSTRAINT "commands_pkey" PRIMARY KEY ("comment_id", "line")
);

CREATE TABLE "settings" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "actor_id" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "settings_pkey" PRIMARY KEY ("key")
);

CREATE INDEX "repositories_installation_id_idx" ON "repositories"("installation_id");
CREATE INDEX "repositories_owner_name_idx" ON "repositories"("owner", "name");
CREATE INDEX "webhook_deliveries_received_at_idx" ON "webhook_deliveries"("received_at");
CREATE INDEX "webhook_deliveries_repository_id_idx" ON "webhook_deliveries"("repository_id");
CREATE INDEX "blobs_used_at_idx" ON "blobs"("used_at");
CREATE INDEX "scans_repository_id_started_at_idx" ON "scans"("repository_id", "started_at");
CREATE INDEX "scans_repository_id_sha_idx" ON "scans"("repository_id", "sha");
CREATE UNIQUE INDEX "findings_repository_id_root_fingerprint_key" ON "findings"("repository_id", "root", "fingerprint");
CREATE INDEX "findings_repository_id_state_severity_idx" ON "findings"("repository_id", "state", "severity");
CREATE UNIQUE INDEX "actors_github_id_key" ON "actors"("github_id");
CREATE UNIQUE INDEX "changes_plan_id_key" ON "changes"("plan_id");
CREATE INDEX "changes_repository_id_state_idx" ON "changes"("repository_id", "state");
CREATE INDEX "changes_repository_id_pull_number_idx" ON "changes"("repository_id", "pull_number");
CREATE INDEX "changes_state_updated_at_idx" ON "changes"("state", "updated_at");
CREATE INDEX "changes_fingerprints_idx" ON "changes" USING GIN ("fingerprints");
CREATE INDEX "change_history_change_id_idx" ON "change_history"("change_id");
CREATE INDEX "change_history_at_idx" ON "change_history"("at");
CREATE UNIQUE INDEX "approvals_change_id_digest_actor_id_key" ON "approvals"("change_id", "digest", "actor_id");
CREATE INDEX "approvals_actor_id_idx" ON "approvals"("actor_id");
CREATE UNIQUE INDEX "apply_attempts_change_id_digest_key" ON "apply_attempts"("change_id", "digest");
CREATE INDEX "apply_attempts_outcome_lease_until_idx" ON "apply_attempts"("outcome", "lease_until");
CREATE UNIQUE INDEX "outbox_idempotency_key_key" ON "outbox"("idempotency_key");
CREATE INDEX "outbox_state_next_attempt_at_idx" ON "outbox"("state", "next_attempt_at");
CREATE INDEX "outbox_provider_id_idx" ON "outbox"("provider_id");
CREATE INDEX "inbound_messages_received_at_idx" ON "inbound_messages"("received_at");
CREATE UNIQUE INDEX "phones_actor_id_key" ON "phones"("actor_id");
CREATE UNIQUE INDEX "phones_e164_key" ON "phones"("e164");
CREATE UNIQUE INDEX "approval_codes_hash_key" ON "approval_codes"("hash");
CREATE INDEX "approval_codes_change_id_idx" ON "approval_codes"("change_id");
CREATE INDEX "approval_codes_actor_id_idx" ON "approval_codes"("actor_id");
CREATE INDEX "approval_codes_phone_id_idx" ON "approval_codes"("phone_id");
CREATE INDEX "ai_calls_repository_id_created_at_idx" ON "ai_calls"("repository_id", "created_at");
CREATE INDEX "schedules_next_run_at_idx" ON "schedules"("next_run_at");
CREATE INDEX "commands_repository_id_issue_number_created_at_idx" ON "commands"("repository_id", "issue_number", "created_at");

ALTER TABLE "repositories" ADD CONSTRAINT "repositories_installation_id_fkey" FOREIGN KEY ("installation_id") REFERENCES "installations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "pull_requests" ADD CONSTRAINT "pull_requests_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "scans" ADD CONSTRAINT "scans_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "findings" ADD CONSTRAINT "findings_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "changes" ADD CONSTRAINT "changes_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_change_id_fkey" FOREIGN KEY ("change_id") REFERENCES "changes"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "actors"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "apply_attempts" ADD CONSTRAINT "apply_attempts_change_id_fkey" FOREIGN KEY ("change_id") REFERENCES "changes"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "phones" ADD CONSTRAINT "phones_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "actors"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "approval_codes" ADD CONSTRAINT "approval_codes_change_id_fkey" FOREIGN KEY ("change_id") REFERENCES "changes"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "approval_codes" ADD CONSTRAINT "approval_codes_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "actors"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "approval_codes" ADD CONSTRAINT "approval_codes_phone_id_fkey" FOREIGN KEY ("phone_id") REFERENCES "phones"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ai_calls" ADD CONSTRAINT "ai_calls_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "commands" ADD CONSTRAINT "commands_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Prisma has no CHECK: the database refuses what our types do not know.
ALTER TABLE "changes" ADD CONSTRAINT "changes_state_check" CHECK ("state" IN (
    'detected', 'advised', 'proposed', 'planning', 'plan-failed', 'awaiting-approval',
    'approved', 'applying', 'applied', 'skipped', 'verifying', 'verified', 'unverified',
    'failed', 'interrupted', 'stale', 'denied', 'expired', 'closed'));
ALTER TABLE "findings" ADD CONSTRAINT "findings_state_check" CHECK ("state" IN ('open','fixed','waived'));
ALTER TABLE "scans" ADD CONSTRAINT "scans_state_check" CHECK ("state" IN ('running','done','failed'));
ALTER TABLE "apply_attempts" ADD CONSTRAINT "apply_attempts_outcome_check" CHECK ("outcome" IN ('applied','skipped','failed','interrupted'));
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_state_check" CHECK ("state" IN ('pending','sending','sent','failed'));
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_channel_check" CHECK ("channel" IN ('sms','email','github'));

-- History is written once. Deleting a whole repository on its owner's demand is the one exception, and must be asked
-- for by name inside its transaction: SET LOCAL draco.erase = 'on'.
CREATE FUNCTION "change_history_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('draco.erase', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'change_history is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "change_history_no_update_or_delete" BEFORE UPDATE OR DELETE ON "change_history"
    FOR EACH ROW EXECUTE FUNCTION "change_history_is_append_only"();
CREATE TRIGGER "change_history_no_truncate" BEFORE TRUNCATE ON "change_history"
    FOR EACH STATEMENT EXECUTE FUNCTION "change_history_is_append_only"();

-- One growing number for every lease, of locks and of attempts to apply.
CREATE SEQUENCE "fencing_tokens";
