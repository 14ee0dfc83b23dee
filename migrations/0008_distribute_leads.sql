CREATE TABLE "assignments" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"target" text NOT NULL,
	"user_id" uuid,
	"pool_key" text,
	"buyer_key" text,
	"cause" text NOT NULL,
	"actor" text NOT NULL,
	"note" text,
	"policy_version" integer,
	"teams_version" integer,
	"rule_key" text,
	"strategy" text,
	"decision" bigint,
	"pass_before" bigint,
	"pass_after" bigint,
	"explanation" jsonb,
	"score" double precision,
	"worth" double precision,
	"arrived_at" timestamp(3) with time zone NOT NULL,
	"assigned_at" timestamp(3) with time zone NOT NULL,
	"accepted_at" timestamp(3) with time zone,
	"first_touch_at" timestamp(3) with time zone,
	"qualified_at" timestamp(3) with time zone,
	"ended_at" timestamp(3) with time zone,
	"end_reason" text,
	"end_note" text,
	"ended_by" text,
	"credited_at" timestamp(3) with time zone,
	"version" integer NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "assignments_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "pool_turns" (
	"workspace_id" uuid NOT NULL,
	"pool_key" text NOT NULL,
	"user_id" uuid NOT NULL,
	"pass" bigint NOT NULL,
	"last_decision" bigint NOT NULL,
	CONSTRAINT "pool_turns_workspace_id_pool_key_user_id_pk" PRIMARY KEY("workspace_id","pool_key","user_id")
);
--> statement-breakpoint
CREATE TABLE "routing_clocks" (
	"workspace_id" uuid PRIMARY KEY NOT NULL,
	"decisions" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "seller_loads" (
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"open_count" integer NOT NULL,
	"day" date NOT NULL,
	"day_count" integer NOT NULL,
	"week" date NOT NULL,
	"week_count" integer NOT NULL,
	CONSTRAINT "seller_loads_workspace_id_user_id_pk" PRIMARY KEY("workspace_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "team_versions" (
	"workspace_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"valid_from" timestamp(3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "team_versions_workspace_id_version_pk" PRIMARY KEY("workspace_id","version")
);
--> statement-breakpoint
CREATE TABLE "unrouted_leads" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"rule_key" text,
	"pool_key" text,
	"since" timestamp(3) with time zone NOT NULL,
	"retry_at" timestamp(3) with time zone,
	"policy_version" integer NOT NULL,
	"explanation" jsonb NOT NULL,
	"receipt_id" uuid NOT NULL,
	CONSTRAINT "unrouted_leads_workspace_id_lead_id_pk" PRIMARY KEY("workspace_id","lead_id")
);
--> statement-breakpoint
CREATE TABLE "user_identities" (
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "user_identities_workspace_id_kind_value_pk" PRIMARY KEY("workspace_id","kind","value")
);
--> statement-breakpoint
CREATE TABLE "user_versions" (
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"valid_from" timestamp(3) with time zone NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "user_versions_workspace_id_user_id_version_pk" PRIMARY KEY("workspace_id","user_id","version")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"external_ids" jsonb NOT NULL,
	"skills" jsonb NOT NULL,
	"languages" text[] NOT NULL,
	"territories" text[] NOT NULL,
	"capacity_open" integer,
	"capacity_day" integer,
	"capacity_week" integer,
	"weight" integer NOT NULL,
	"time_zone" text,
	"working_hours" jsonb NOT NULL,
	"holidays_key" text,
	"absences" jsonb NOT NULL,
	"active" boolean NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "users_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_workspace_id_user_id_users_workspace_id_id_fk" FOREIGN KEY ("workspace_id","user_id") REFERENCES "public"."users"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unrouted_leads" ADD CONSTRAINT "unrouted_leads_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_identities" ADD CONSTRAINT "user_identities_workspace_id_user_id_users_workspace_id_id_fk" FOREIGN KEY ("workspace_id","user_id") REFERENCES "public"."users"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "assignments_open_uq" ON "assignments" USING btree ("workspace_id","lead_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "assignments_lead_ix" ON "assignments" USING btree ("workspace_id","lead_id","assigned_at","id");--> statement-breakpoint
CREATE INDEX "assignments_time_ix" ON "assignments" USING btree ("workspace_id","assigned_at","id");--> statement-breakpoint
CREATE INDEX "assignments_user_ix" ON "assignments" USING btree ("workspace_id","user_id","assigned_at","id");--> statement-breakpoint
CREATE INDEX "assignments_queue_ix" ON "assignments" USING btree ("workspace_id","pool_key","assigned_at") WHERE ended_at is null and user_id is null;--> statement-breakpoint
CREATE INDEX "unrouted_leads_since_ix" ON "unrouted_leads" USING btree ("workspace_id","since","lead_id");--> statement-breakpoint
CREATE INDEX "user_identities_user_ix" ON "user_identities" USING btree ("workspace_id","user_id");--> statement-breakpoint
CREATE INDEX "users_created_ix" ON "users" USING btree ("workspace_id","created_at","id");
--> statement-breakpoint
SELECT fence_tenant_table(t, privileges => 'SELECT, INSERT, UPDATE, DELETE')
  FROM unnest(ARRAY['users', 'user_identities', 'assignments', 'routing_clocks', 'pool_turns', 'seller_loads', 'unrouted_leads']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table(t, privileges => 'SELECT, INSERT') FROM unnest(ARRAY['user_versions', 'team_versions']::regclass[]) AS t;
