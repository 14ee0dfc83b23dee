CREATE TABLE "form_submissions" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"form_key" text NOT NULL,
	"form_version" integer NOT NULL,
	"dedupe_a" uuid NOT NULL,
	"dedupe_b" uuid NOT NULL,
	"content_hash" uuid NOT NULL,
	"payload" jsonb NOT NULL,
	"context" jsonb NOT NULL,
	"state" text NOT NULL,
	"received_at" timestamp(3) with time zone NOT NULL,
	"due_at" timestamp(3) with time zone NOT NULL,
	"lease_until" timestamp(3) with time zone,
	"attempt" integer NOT NULL,
	"processed_at" timestamp(3) with time zone,
	"lead_id" uuid,
	"outcome" text,
	"reasons" jsonb,
	"receipt_id" uuid,
	CONSTRAINT "form_submissions_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "form_versions" (
	"workspace_id" uuid NOT NULL,
	"form_key" text NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "form_versions_workspace_id_form_key_version_pk" PRIMARY KEY("workspace_id","form_key","version")
);
--> statement-breakpoint
CREATE TABLE "forms" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"form_key" text NOT NULL,
	"public_key" text NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "forms_workspace_id_form_key_pk" PRIMARY KEY("workspace_id","form_key")
);
--> statement-breakpoint
CREATE TABLE "submission_files" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"submission_id" uuid NOT NULL,
	"field_name" text NOT NULL,
	"file_name" text NOT NULL,
	"content_type" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"sha256" "bytea" NOT NULL,
	"content" "bytea" NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "submission_files_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "change_counters" (
	"workspace_id" uuid PRIMARY KEY NOT NULL,
	"last_sequence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"workspace_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"object" text NOT NULL,
	"object_id" uuid NOT NULL,
	"actor" text NOT NULL,
	"origin" text,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "changes_workspace_id_sequence_pk" PRIMARY KEY("workspace_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "activities" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"type" text NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"subject" text,
	"data" jsonb NOT NULL,
	"receipt_id" uuid,
	CONSTRAINT "activities_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"lead_id" uuid NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "identities_workspace_id_kind_value_pk" PRIMARY KEY("workspace_id","kind","value")
);
--> statement-breakpoint
CREATE TABLE "lead_field_sources" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"sources" jsonb NOT NULL,
	CONSTRAINT "lead_field_sources_workspace_id_lead_id_pk" PRIMARY KEY("workspace_id","lead_id")
);
--> statement-breakpoint
CREATE TABLE "leads" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"email" text,
	"email_domain" text,
	"phone" text,
	"phone_raw" text,
	"first_name" text,
	"last_name" text,
	"full_name" text,
	"company_name" text,
	"job_title" text,
	"website" text,
	"domain" text,
	"street" text,
	"city" text,
	"region" text,
	"postal_code" text,
	"country" text,
	"language" text,
	"time_zone" text,
	"stage_key" text NOT NULL,
	"status" text NOT NULL,
	"source_key" text,
	"campaign_key" text,
	"owner_id" uuid,
	"account_id" uuid,
	"tags" text[] NOT NULL,
	"custom_fields" jsonb NOT NULL,
	"metadata" jsonb NOT NULL,
	"external_ids" jsonb NOT NULL,
	"archived" boolean NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "leads_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"lead_id" uuid,
	"kind" text NOT NULL,
	"decided_at" timestamp(3) with time zone NOT NULL,
	"policy" text NOT NULL,
	"inputs" jsonb NOT NULL,
	"outcome" jsonb NOT NULL,
	"rejected" jsonb NOT NULL,
	CONSTRAINT "receipts_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "touches" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"source_key" text,
	"campaign_key" text,
	"attribution" jsonb NOT NULL,
	"submission_id" uuid,
	CONSTRAINT "touches_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"workspace_id" uuid NOT NULL,
	"request_key" uuid NOT NULL,
	"fingerprint" uuid NOT NULL,
	"status" integer,
	"headers" jsonb,
	"body" "bytea",
	"content_type" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_workspace_id_request_key_pk" PRIMARY KEY("workspace_id","request_key")
);
--> statement-breakpoint
CREATE TABLE "api_key_hashes" (
	"key_hash" "bytea" PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"api_key_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"scopes" text[] NOT NULL,
	"origin" text,
	"prefix" text NOT NULL,
	"last_four" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"revoked_at" timestamp(3) with time zone,
	CONSTRAINT "api_keys_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "form_addresses" (
	"public_key" text PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"form_key" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"singleton" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"secret" "bytea" NOT NULL,
	"default_workspace_id" uuid NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "form_versions" ADD CONSTRAINT "form_versions_workspace_id_form_key_forms_workspace_id_form_key_fk" FOREIGN KEY ("workspace_id","form_key") REFERENCES "public"."forms"("workspace_id","form_key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submission_files" ADD CONSTRAINT "submission_files_workspace_id_submission_id_form_submissions_workspace_id_id_fk" FOREIGN KEY ("workspace_id","submission_id") REFERENCES "public"."form_submissions"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "activities" ADD CONSTRAINT "activities_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identities" ADD CONSTRAINT "identities_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_field_sources" ADD CONSTRAINT "lead_field_sources_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "touches" ADD CONSTRAINT "touches_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "form_submissions_dedupe_a_uq" ON "form_submissions" USING btree ("workspace_id","dedupe_a");--> statement-breakpoint
CREATE UNIQUE INDEX "form_submissions_dedupe_b_uq" ON "form_submissions" USING btree ("workspace_id","dedupe_b");--> statement-breakpoint
CREATE INDEX "form_submissions_due_ix" ON "form_submissions" USING btree ("workspace_id","received_at") WHERE state = 'received';--> statement-breakpoint
CREATE INDEX "form_submissions_lead_ix" ON "form_submissions" USING btree ("workspace_id","lead_id") WHERE lead_id is not null;--> statement-breakpoint
CREATE INDEX "submission_files_submission_ix" ON "submission_files" USING btree ("workspace_id","submission_id");--> statement-breakpoint
CREATE INDEX "changes_object_ix" ON "changes" USING btree ("workspace_id","object_id","sequence");--> statement-breakpoint
CREATE INDEX "activities_lead_ix" ON "activities" USING btree ("workspace_id","lead_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "identities_lead_ix" ON "identities" USING btree ("workspace_id","lead_id");--> statement-breakpoint
CREATE INDEX "leads_created_ix" ON "leads" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE INDEX "leads_updated_ix" ON "leads" USING btree ("workspace_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "receipts_lead_ix" ON "receipts" USING btree ("workspace_id","lead_id","decided_at","id");--> statement-breakpoint
CREATE INDEX "touches_lead_ix" ON "touches" USING btree ("workspace_id","lead_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_ix" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "api_keys_created_ix" ON "api_keys" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "form_addresses_form_uq" ON "form_addresses" USING btree ("workspace_id","form_key");--> statement-breakpoint
SELECT fence_tenant_table('workspaces', swept => true, tenant_column => 'id');
--> statement-breakpoint
SELECT fence_tenant_table(t) FROM unnest(ARRAY['api_keys', 'forms', 'submission_files', 'leads', 'lead_field_sources', 'identities', 'activities', 'touches', 'change_counters', 'idempotency_keys']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table(t, privileges => 'SELECT, INSERT') FROM unnest(ARRAY['form_versions', 'receipts', 'changes']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table('form_submissions', swept => true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON api_key_hashes, form_addresses TO leadwell_app;
--> statement-breakpoint
GRANT SELECT ON installation TO leadwell_app;
