CREATE TABLE "enrollment_visits" (
	"workspace_id" uuid NOT NULL,
	"enrollment_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"sequence_key" text NOT NULL,
	"step_key" text NOT NULL,
	"kind" text NOT NULL,
	"way" text,
	"variant" text,
	"outcome" text,
	"message_id" uuid,
	"visited_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "enrollment_visits_workspace_id_enrollment_id_position_pk" PRIMARY KEY("workspace_id","enrollment_id","position")
);
--> statement-breakpoint
CREATE TABLE "enrollments" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"sequence_key" text NOT NULL,
	"version" integer NOT NULL,
	"lead_id" uuid NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"held_out" boolean NOT NULL,
	"step_key" text,
	"waiting_since" timestamp(3) with time zone,
	"variant" text,
	"due_at" timestamp(3) with time zone,
	"visits" integer NOT NULL,
	"failures" integer NOT NULL,
	"edits" integer NOT NULL,
	"entered_by" text NOT NULL,
	"started_at" timestamp(3) with time zone NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "enrollments_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "enrollment_visits" ADD CONSTRAINT "enrollment_visits_workspace_id_enrollment_id_enrollments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","enrollment_id") REFERENCES "public"."enrollments"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "enrollment_visits_step_ix" ON "enrollment_visits" USING btree ("workspace_id","sequence_key","step_key","variant");--> statement-breakpoint
CREATE UNIQUE INDEX "enrollments_running_uq" ON "enrollments" USING btree ("workspace_id","sequence_key","lead_id") WHERE status <> 'ended';--> statement-breakpoint
CREATE INDEX "enrollments_due_ix" ON "enrollments" USING btree ("workspace_id","due_at") WHERE status = 'active' and due_at is not null;--> statement-breakpoint
CREATE INDEX "enrollments_lead_ix" ON "enrollments" USING btree ("workspace_id","lead_id");--> statement-breakpoint
CREATE INDEX "enrollments_started_ix" ON "enrollments" USING btree ("workspace_id","started_at");--> statement-breakpoint
CREATE INDEX "enrollments_sequence_ix" ON "enrollments" USING btree ("workspace_id","sequence_key","started_at");
--> statement-breakpoint
SELECT fence_tenant_table('enrollments', swept => true);
--> statement-breakpoint
SELECT fence_tenant_table('enrollment_visits');
