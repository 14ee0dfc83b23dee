CREATE TABLE "audit_counters" (
	"workspace_id" uuid PRIMARY KEY NOT NULL,
	"last_sequence" bigint NOT NULL,
	"last_hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"workspace_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"id" uuid NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"object" text NOT NULL,
	"object_id" text NOT NULL,
	"before" jsonb NOT NULL,
	"after" jsonb NOT NULL,
	"before_hash" "bytea",
	"after_hash" "bytea",
	"request_id" text,
	"ip_prefix" text,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_log_workspace_id_sequence_pk" PRIMARY KEY("workspace_id","sequence")
);
--> statement-breakpoint
ALTER TABLE "api_key_hashes" ADD COLUMN "expires_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "allowed_ips" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rotated_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "overlap_ends_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE INDEX "audit_log_object_ix" ON "audit_log" USING btree ("workspace_id","object","object_id","sequence");--> statement-breakpoint
CREATE INDEX "audit_log_actor_ix" ON "audit_log" USING btree ("workspace_id","actor","sequence");--> statement-breakpoint
CREATE INDEX "api_key_hashes_key_ix" ON "api_key_hashes" USING btree ("workspace_id","api_key_id");--> statement-breakpoint
SELECT fence_tenant_table('audit_counters');
--> statement-breakpoint
SELECT fence_tenant_table('audit_log', privileges => 'SELECT, INSERT');
