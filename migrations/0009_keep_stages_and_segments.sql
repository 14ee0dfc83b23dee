CREATE TABLE "lead_qualifications" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"answers" jsonb NOT NULL,
	"statuses" jsonb NOT NULL,
	"verdicts" jsonb NOT NULL,
	"version" integer NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "lead_qualifications_workspace_id_lead_id_pk" PRIMARY KEY("workspace_id","lead_id")
);
--> statement-breakpoint
CREATE TABLE "lead_stage_history" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"moved_at" timestamp(3) with time zone NOT NULL,
	"from_stage" text NOT NULL,
	"to_stage" text NOT NULL,
	"stayed_ms" bigint NOT NULL,
	"moved_by" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text,
	"note" text,
	"wake_at" timestamp(3) with time zone,
	"policy" text NOT NULL,
	"receipt_id" uuid NOT NULL,
	CONSTRAINT "lead_stage_history_workspace_id_lead_id_position_pk" PRIMARY KEY("workspace_id","lead_id","position")
);
--> statement-breakpoint
CREATE TABLE "segment_members" (
	"workspace_id" uuid NOT NULL,
	"segment_key" text NOT NULL,
	"lead_id" uuid NOT NULL,
	"entered_at" timestamp(3) with time zone NOT NULL,
	"actor" text NOT NULL,
	CONSTRAINT "segment_members_workspace_id_segment_key_lead_id_pk" PRIMARY KEY("workspace_id","segment_key","lead_id")
);
--> statement-breakpoint
CREATE TABLE "segment_stays" (
	"workspace_id" uuid NOT NULL,
	"segment_key" text NOT NULL,
	"lead_id" uuid NOT NULL,
	"entered_at" timestamp(3) with time zone NOT NULL,
	"left_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "segment_stays_workspace_id_segment_key_lead_id_entered_at_pk" PRIMARY KEY("workspace_id","segment_key","lead_id","entered_at")
);
--> statement-breakpoint
ALTER TABLE "lead_qualifications" ADD CONSTRAINT "lead_qualifications_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_stage_history" ADD CONSTRAINT "lead_stage_history_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "segment_members_lead_ix" ON "segment_members" USING btree ("workspace_id","lead_id","segment_key");
--> statement-breakpoint
SELECT fence_tenant_table(t, privileges => 'SELECT, INSERT, UPDATE, DELETE') FROM unnest(ARRAY['lead_stage_history', 'lead_qualifications', 'segment_members', 'segment_stays']::regclass[]) AS t;
