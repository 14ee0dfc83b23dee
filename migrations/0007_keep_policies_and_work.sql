CREATE TABLE "policies" (
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"policy_key" text NOT NULL,
	"id" uuid NOT NULL,
	"edits" integer NOT NULL,
	"latest_version" integer NOT NULL,
	"draft_version" integer,
	"published_version" integer,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "policies_workspace_id_kind_policy_key_pk" PRIMARY KEY("workspace_id","kind","policy_key")
);
--> statement-breakpoint
CREATE TABLE "policy_revisions" (
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"revision" uuid NOT NULL,
	CONSTRAINT "policy_revisions_workspace_id_kind_pk" PRIMARY KEY("workspace_id","kind")
);
--> statement-breakpoint
CREATE TABLE "policy_versions" (
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"policy_key" text NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"definition" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"updated_by" text NOT NULL,
	"published_at" timestamp(3) with time zone,
	"published_by" text,
	"retired_at" timestamp(3) with time zone,
	CONSTRAINT "policy_versions_workspace_id_kind_policy_key_version_pk" PRIMARY KEY("workspace_id","kind","policy_key","version")
);
--> statement-breakpoint
CREATE TABLE "lead_work" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"due_at" timestamp(3) with time zone,
	"reasons" text[] NOT NULL,
	"generation" bigint NOT NULL,
	"attempt" integer NOT NULL,
	CONSTRAINT "lead_work_workspace_id_lead_id_pk" PRIMARY KEY("workspace_id","lead_id")
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"input" jsonb NOT NULL,
	"checkpoint" jsonb,
	"result" jsonb NOT NULL,
	"error" jsonb,
	"processed" bigint NOT NULL,
	"failed" bigint NOT NULL,
	"total" bigint,
	"resource_id" text,
	"actor" text NOT NULL,
	"cancel_requested" boolean NOT NULL,
	"due_at" timestamp(3) with time zone NOT NULL,
	"lease_until" timestamp(3) with time zone,
	"fence" integer NOT NULL,
	"attempt" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"started_at" timestamp(3) with time zone,
	"finished_at" timestamp(3) with time zone,
	CONSTRAINT "operations_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "policy_versions" ADD CONSTRAINT "policy_versions_workspace_id_kind_policy_key_policies_workspace_id_kind_policy_key_fk" FOREIGN KEY ("workspace_id","kind","policy_key") REFERENCES "public"."policies"("workspace_id","kind","policy_key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "policy_versions_draft_uq" ON "policy_versions" USING btree ("workspace_id","kind","policy_key") WHERE state = 'draft';--> statement-breakpoint
CREATE UNIQUE INDEX "policy_versions_published_uq" ON "policy_versions" USING btree ("workspace_id","kind","policy_key") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "lead_work_due_ix" ON "lead_work" USING btree ("workspace_id","due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "operations_created_ix" ON "operations" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE INDEX "operations_due_ix" ON "operations" USING btree ("workspace_id","due_at") WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "operations_finished_ix" ON "operations" USING btree ("finished_at") WHERE finished_at is not null;
--> statement-breakpoint
SELECT fence_tenant_table(t) FROM unnest(ARRAY['policies', 'policy_versions', 'policy_revisions']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table(t, swept => true) FROM unnest(ARRAY['lead_work', 'operations']::regclass[]) AS t;
