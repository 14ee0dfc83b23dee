CREATE TABLE "buyer_ledger" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"offer_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"buyer_key" text NOT NULL,
	"kind" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"actor" text NOT NULL,
	CONSTRAINT "buyer_ledger_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "buyer_offers" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"sale_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"buyer_key" text NOT NULL,
	"buyer_version" integer NOT NULL,
	"state" text NOT NULL,
	"reserved_day" text,
	"currency" text NOT NULL,
	"bid_minor" bigint,
	"price_minor" bigint,
	"reference" text,
	"reason" text,
	"pinged_at" timestamp(3) with time zone,
	"posted_at" timestamp(3) with time zone,
	"answered_at" timestamp(3) with time zone,
	"version" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "buyer_offers_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "buyer_quotas" (
	"workspace_id" uuid NOT NULL,
	"buyer_key" text NOT NULL,
	"period" text NOT NULL,
	"used" integer NOT NULL,
	CONSTRAINT "buyer_quotas_workspace_id_buyer_key_period_pk" PRIMARY KEY("workspace_id","buyer_key","period")
);
--> statement-breakpoint
CREATE TABLE "buyer_sales" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"assignment_id" uuid NOT NULL,
	"buyer_key" text NOT NULL,
	"state" text NOT NULL,
	"due_at" timestamp(3) with time zone,
	"lease_until" timestamp(3) with time zone,
	"attempt" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"closed_at" timestamp(3) with time zone,
	CONSTRAINT "buyer_sales_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "buyers" (
	"workspace_id" uuid NOT NULL,
	"buyer_key" text NOT NULL,
	"id" uuid NOT NULL,
	"definition" jsonb NOT NULL,
	"secret" "bytea",
	"version" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "buyers_workspace_id_buyer_key_pk" PRIMARY KEY("workspace_id","buyer_key")
);
--> statement-breakpoint
CREATE TABLE "routing_days" (
	"workspace_id" uuid NOT NULL,
	"day" date NOT NULL,
	"taken_at" timestamp(3) with time zone NOT NULL,
	"decisions" bigint NOT NULL,
	"turns" jsonb NOT NULL,
	"loads" jsonb NOT NULL,
	CONSTRAINT "routing_days_workspace_id_day_pk" PRIMARY KEY("workspace_id","day")
);
--> statement-breakpoint
CREATE TABLE "routing_replays" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"policy_version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"from_at" timestamp(3) with time zone NOT NULL,
	"to_at" timestamp(3) with time zone NOT NULL,
	"result" jsonb,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "routing_replays_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "enrichment_answers" (
	"workspace_id" uuid NOT NULL,
	"question" text NOT NULL,
	"provider_key" text NOT NULL,
	"values" jsonb,
	"fetched_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "enrichment_answers_workspace_id_question_pk" PRIMARY KEY("workspace_id","question")
);
--> statement-breakpoint
CREATE TABLE "enrichment_calls" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"provider_key" text NOT NULL,
	"day" date NOT NULL,
	"price_micros" bigint NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "enrichment_calls_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "enrichment_credentials" (
	"workspace_id" uuid NOT NULL,
	"credential_key" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "enrichment_credentials_workspace_id_credential_key_pk" PRIMARY KEY("workspace_id","credential_key")
);
--> statement-breakpoint
CREATE TABLE "enrichment_meters" (
	"workspace_id" uuid NOT NULL,
	"day" date NOT NULL,
	"provider_key" text NOT NULL,
	"spent_micros" bigint NOT NULL,
	"calls" bigint NOT NULL,
	CONSTRAINT "enrichment_meters_workspace_id_day_provider_key_pk" PRIMARY KEY("workspace_id","day","provider_key")
);
--> statement-breakpoint
CREATE TABLE "enrichment_providers" (
	"workspace_id" uuid NOT NULL,
	"provider_key" text NOT NULL,
	"faults" integer NOT NULL,
	"resting_until" timestamp(3) with time zone,
	"window_start" timestamp(3) with time zone NOT NULL,
	"window_calls" integer NOT NULL,
	CONSTRAINT "enrichment_providers_workspace_id_provider_key_pk" PRIMARY KEY("workspace_id","provider_key")
);
--> statement-breakpoint
CREATE TABLE "enrichment_runs" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"cause" text NOT NULL,
	"actor" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"fresh" boolean NOT NULL,
	"input_hash" text NOT NULL,
	"policy_version" integer,
	"steps" jsonb NOT NULL,
	"cost_micros" bigint NOT NULL,
	"due_at" timestamp(3) with time zone NOT NULL,
	"lease_until" timestamp(3) with time zone,
	"fence" integer NOT NULL,
	"tries" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"finished_at" timestamp(3) with time zone,
	CONSTRAINT "enrichment_runs_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "lead_score_history" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"model_key" text NOT NULL,
	"id" uuid NOT NULL,
	"fit" integer NOT NULL,
	"engagement" integer NOT NULL,
	"total" integer NOT NULL,
	"grade" text NOT NULL,
	"band" text,
	"overridden" boolean NOT NULL,
	"model_version" integer NOT NULL,
	"scored_at" timestamp(3) with time zone NOT NULL,
	"delta" integer NOT NULL,
	"reasons" text[] NOT NULL,
	"parts" jsonb NOT NULL,
	CONSTRAINT "lead_score_history_workspace_id_lead_id_model_key_id_pk" PRIMARY KEY("workspace_id","lead_id","model_key","id")
);
--> statement-breakpoint
CREATE TABLE "lead_score_overrides" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"model_key" text NOT NULL,
	"total" integer NOT NULL,
	"grade" text,
	"reason" text NOT NULL,
	"version" integer NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	CONSTRAINT "lead_score_overrides_workspace_id_lead_id_model_key_pk" PRIMARY KEY("workspace_id","lead_id","model_key")
);
--> statement-breakpoint
CREATE TABLE "lead_scores" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"model_key" text NOT NULL,
	"fit" integer NOT NULL,
	"engagement" integer NOT NULL,
	"total" integer NOT NULL,
	"grade" text NOT NULL,
	"band" text,
	"overridden" boolean NOT NULL,
	"model_version" integer NOT NULL,
	"scored_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "lead_scores_workspace_id_lead_id_model_key_pk" PRIMARY KEY("workspace_id","lead_id","model_key")
);
--> statement-breakpoint
CREATE TABLE "sla_clocks" (
	"workspace_id" uuid NOT NULL,
	"assignment_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"user_id" uuid,
	"pool_key" text,
	"policy_key" text,
	"policy_version" integer,
	"started_at" timestamp(3) with time zone NOT NULL,
	"elapsed_ms" bigint NOT NULL,
	"counted_from" timestamp(3) with time zone,
	"passed" integer NOT NULL,
	"met" text[] NOT NULL,
	"at_risk" text[] NOT NULL,
	"breached" text[] NOT NULL,
	"notes" jsonb NOT NULL,
	"due_at" timestamp(3) with time zone,
	"ended_at" timestamp(3) with time zone,
	CONSTRAINT "sla_clocks_workspace_id_assignment_id_pk" PRIMARY KEY("workspace_id","assignment_id")
);
--> statement-breakpoint
ALTER TABLE "routing_clocks" ADD COLUMN "snapshot_day" date;--> statement-breakpoint
ALTER TABLE "visitors" ADD COLUMN "visits_from" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "visitors" ADD COLUMN "visits_to" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "buyer_sales" ADD CONSTRAINT "buyer_sales_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrichment_runs" ADD CONSTRAINT "enrichment_runs_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_score_overrides" ADD CONSTRAINT "lead_score_overrides_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "buyer_ledger_time_ix" ON "buyer_ledger" USING btree ("workspace_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "buyer_offers_sale_ix" ON "buyer_offers" USING btree ("workspace_id","sale_id");--> statement-breakpoint
CREATE INDEX "buyer_offers_time_ix" ON "buyer_offers" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE INDEX "buyer_offers_lead_ix" ON "buyer_offers" USING btree ("workspace_id","lead_id");--> statement-breakpoint
CREATE INDEX "buyer_sales_due_ix" ON "buyer_sales" USING btree ("due_at","workspace_id") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "buyer_sales_lead_ix" ON "buyer_sales" USING btree ("workspace_id","lead_id");--> statement-breakpoint
CREATE INDEX "buyer_sales_assignment_ix" ON "buyer_sales" USING btree ("workspace_id","assignment_id");--> statement-breakpoint
CREATE INDEX "enrichment_answers_expiry_ix" ON "enrichment_answers" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "enrichment_calls_run_ix" ON "enrichment_calls" USING btree ("workspace_id","run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "enrichment_runs_queued_ux" ON "enrichment_runs" USING btree ("workspace_id","lead_id") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "enrichment_runs_due_ix" ON "enrichment_runs" USING btree ("workspace_id","due_at") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "enrichment_runs_lead_ix" ON "enrichment_runs" USING btree ("workspace_id","lead_id","id");--> statement-breakpoint
CREATE INDEX "sla_clocks_due_ix" ON "sla_clocks" USING btree ("due_at","workspace_id") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "sla_clocks_lead_ix" ON "sla_clocks" USING btree ("workspace_id","lead_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "assignments_pull_ix" ON "assignments" USING btree ("workspace_id","pool_key","score" DESC NULLS LAST,"arrived_at","id") WHERE target = 'queue' and ended_at is null;--> statement-breakpoint
CREATE INDEX "messages_rfc_id_ix" ON "messages" USING btree ("workspace_id","rfc_message_id") WHERE rfc_message_id is not null;
--> statement-breakpoint
SELECT fence_tenant_table(t) FROM unnest(ARRAY['lead_scores', 'lead_score_overrides']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table('lead_score_history', privileges => 'SELECT, INSERT');

--> statement-breakpoint
SELECT fence_tenant_table(t, privileges => 'SELECT, INSERT, UPDATE, DELETE', swept => true) FROM unnest(ARRAY['enrichment_runs', 'enrichment_answers']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table(t, privileges => 'SELECT, INSERT, UPDATE, DELETE') FROM unnest(ARRAY['enrichment_credentials', 'enrichment_calls', 'enrichment_meters', 'enrichment_providers']::regclass[]) AS t;

--> statement-breakpoint
SELECT fence_tenant_table('sla_clocks', swept => true);
--> statement-breakpoint
SELECT fence_tenant_table(t, privileges => 'SELECT, INSERT, UPDATE, DELETE') FROM unnest(ARRAY['buyers', 'buyer_quotas', 'buyer_offers']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table('buyer_sales', swept => true);
--> statement-breakpoint
SELECT fence_tenant_table('buyer_ledger', privileges => 'SELECT, INSERT');

--> statement-breakpoint
SELECT fence_tenant_table('routing_days', privileges => 'SELECT, INSERT');
--> statement-breakpoint
SELECT fence_tenant_table('routing_replays', privileges => 'SELECT, INSERT, UPDATE');
