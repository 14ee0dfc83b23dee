ALTER TABLE "activities" ADD COLUMN "body" text;--> statement-breakpoint
ALTER TABLE "activities" ADD COLUMN "assignee_id" uuid;--> statement-breakpoint
ALTER TABLE "activities" ADD COLUMN "due_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "activities" ADD COLUMN "done_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "activities" ADD COLUMN "version" integer;--> statement-breakpoint
ALTER TABLE "activities" ADD COLUMN "updated_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE INDEX "activities_recorded_ix" ON "activities" USING btree ("workspace_id","occurred_at","id") WHERE version is not null;--> statement-breakpoint
CREATE INDEX "activities_due_ix" ON "activities" USING btree ("workspace_id","due_at","id") WHERE due_at is not null;