CREATE TABLE "webhook_cursors" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"failing_since" timestamp(3) with time zone,
	CONSTRAINT "webhook_cursors_workspace_id_endpoint_id_pk" PRIMARY KEY("workspace_id","endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"sequence" bigint,
	"first_sequence" bigint,
	"change_id" uuid NOT NULL,
	"type" text NOT NULL,
	"object_id" uuid NOT NULL,
	"body" jsonb,
	"state" text NOT NULL,
	"window_open" boolean NOT NULL,
	"due_at" timestamp(3) with time zone NOT NULL,
	"attempt" integer NOT NULL,
	"tries" integer NOT NULL,
	"attempts" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"finished_at" timestamp(3) with time zone,
	CONSTRAINT "webhook_deliveries_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"url" text NOT NULL,
	"description" text NOT NULL,
	"types" text[] NOT NULL,
	"condition" jsonb,
	"coalesce_seconds" integer NOT NULL,
	"header_names" text[] NOT NULL,
	"headers" "bytea",
	"secret" "bytea" NOT NULL,
	"previous_secret" "bytea",
	"previous_secret_ends_at" timestamp(3) with time zone,
	"state" text NOT NULL,
	"disabled_reason" text,
	"disabled_at" timestamp(3) with time zone,
	"version" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "webhook_endpoints_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_cursors" ADD CONSTRAINT "webhook_cursors_workspace_id_endpoint_id_webhook_endpoints_workspace_id_id_fk" FOREIGN KEY ("workspace_id","endpoint_id") REFERENCES "public"."webhook_endpoints"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_change_uq" ON "webhook_deliveries" USING btree ("workspace_id","endpoint_id","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_window_uq" ON "webhook_deliveries" USING btree ("workspace_id","endpoint_id","object_id","type") WHERE window_open;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due_ix" ON "webhook_deliveries" USING btree ("workspace_id","endpoint_id","due_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint_ix" ON "webhook_deliveries" USING btree ("workspace_id","endpoint_id","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_failed_ix" ON "webhook_deliveries" USING btree ("workspace_id","id") WHERE state = 'failed';
--> statement-breakpoint
SELECT fence_tenant_table('webhook_endpoints');
--> statement-breakpoint
SELECT fence_tenant_table(t, swept => true) FROM unnest(ARRAY['webhook_cursors', 'webhook_deliveries']::regclass[]) AS t;
--> statement-breakpoint
-- Endpoints that are behind the feed are due work: the sweep compares their place with the counter.
CREATE POLICY sweep_read ON change_counters FOR SELECT TO leadwell_sweep USING (true);
--> statement-breakpoint
GRANT SELECT ON change_counters TO leadwell_sweep;
