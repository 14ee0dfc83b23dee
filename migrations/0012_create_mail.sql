CREATE TABLE "confirmations" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"email" text NOT NULL,
	"purpose" text NOT NULL,
	"wording" text NOT NULL,
	"locale" text NOT NULL,
	"message_id" uuid NOT NULL,
	"actor" text NOT NULL,
	"requested_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"confirmed_at" timestamp(3) with time zone,
	CONSTRAINT "confirmations_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "mail_gates" (
	"workspace_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"settings" jsonb NOT NULL,
	"paused_at" timestamp(3) with time zone,
	"warned_at" timestamp(3) with time zone,
	"resumed_at" timestamp(3) with time zone,
	"updated_at" timestamp(3) with time zone,
	CONSTRAINT "mail_gates_workspace_id_pk" PRIMARY KEY("workspace_id")
);
--> statement-breakpoint
CREATE TABLE "mail_providers" (
	"workspace_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"version" integer NOT NULL,
	"secret" "bytea" NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "mail_providers_workspace_id_provider_pk" PRIMARY KEY("workspace_id","provider")
);
--> statement-breakpoint
CREATE TABLE "mail_senders" (
	"workspace_id" uuid NOT NULL,
	"sender_key" text NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"smtp_password" "bytea",
	"dkim_private_key" "bytea",
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "mail_senders_workspace_id_sender_key_pk" PRIMARY KEY("workspace_id","sender_key")
);
--> statement-breakpoint
CREATE TABLE "message_bodies" (
	"workspace_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"mime" "bytea" NOT NULL,
	"links" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "message_bodies_workspace_id_message_id_pk" PRIMARY KEY("workspace_id","message_id")
);
--> statement-breakpoint
CREATE TABLE "message_events" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"type" text NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"machine_percent" integer NOT NULL,
	"url" text,
	"data" jsonb NOT NULL,
	"dedupe_key" text NOT NULL,
	CONSTRAINT "message_events_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"dedupe_key" text NOT NULL,
	"kind" text NOT NULL,
	"purpose" text NOT NULL,
	"lead_id" uuid,
	"to_email" text,
	"to_name" text,
	"address_key" text,
	"sender_key" text,
	"template_key" text,
	"template_version" integer,
	"content" jsonb,
	"locale" text,
	"data" jsonb NOT NULL,
	"sequence_key" text,
	"enrollment_id" uuid,
	"step_key" text,
	"variant" text,
	"state" text NOT NULL,
	"reason" text,
	"decision" jsonb,
	"due_at" timestamp(3) with time zone NOT NULL,
	"lease_until" timestamp(3) with time zone,
	"attempt" integer NOT NULL,
	"failures" integer NOT NULL,
	"hand_overs" integer NOT NULL,
	"subject" text,
	"rfc_message_id" text,
	"content_hash" text,
	"smtp_response" text,
	"tally" jsonb NOT NULL,
	"actor" text NOT NULL,
	"origin" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"handed_at" timestamp(3) with time zone,
	"sent_at" timestamp(3) with time zone,
	"resolved_by" text,
	CONSTRAINT "messages_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "suppressions" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"shown" text NOT NULL,
	"value" text NOT NULL,
	"scope" text NOT NULL,
	"purpose" text NOT NULL,
	"reason" text NOT NULL,
	"note" text,
	"message_id" uuid,
	"actor" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"lifted_at" timestamp(3) with time zone,
	"lifted_by" text,
	CONSTRAINT "suppressions_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "template_versions" (
	"workspace_id" uuid NOT NULL,
	"template_key" text NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "template_versions_workspace_id_template_key_version_pk" PRIMARY KEY("workspace_id","template_key","version")
);
--> statement-breakpoint
CREATE TABLE "templates" (
	"workspace_id" uuid NOT NULL,
	"template_key" text NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"deleted" boolean NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "templates_workspace_id_template_key_pk" PRIMARY KEY("workspace_id","template_key")
);
--> statement-breakpoint
ALTER TABLE "confirmations" ADD CONSTRAINT "confirmations_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_bodies" ADD CONSTRAINT "message_bodies_workspace_id_message_id_messages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","message_id") REFERENCES "public"."messages"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_events" ADD CONSTRAINT "message_events_workspace_id_message_id_messages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","message_id") REFERENCES "public"."messages"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "template_versions" ADD CONSTRAINT "template_versions_workspace_id_template_key_templates_workspace_id_template_key_fk" FOREIGN KEY ("workspace_id","template_key") REFERENCES "public"."templates"("workspace_id","template_key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "confirmations_lead_ix" ON "confirmations" USING btree ("workspace_id","lead_id","requested_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "message_events_dedupe_uq" ON "message_events" USING btree ("workspace_id","dedupe_key");--> statement-breakpoint
CREATE INDEX "message_events_message_ix" ON "message_events" USING btree ("workspace_id","message_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "message_events_complaint_ix" ON "message_events" USING btree ("workspace_id","occurred_at") WHERE type = 'complained';--> statement-breakpoint
CREATE UNIQUE INDEX "messages_dedupe_uq" ON "messages" USING btree ("workspace_id","dedupe_key");--> statement-breakpoint
CREATE INDEX "messages_due_ix" ON "messages" USING btree ("workspace_id","due_at") WHERE state = 'planned';--> statement-breakpoint
CREATE INDEX "messages_leased_ix" ON "messages" USING btree ("workspace_id","lease_until") WHERE state in ('claimed', 'handed');--> statement-breakpoint
CREATE INDEX "messages_lead_ix" ON "messages" USING btree ("workspace_id","lead_id","created_at","id") WHERE lead_id is not null;--> statement-breakpoint
CREATE INDEX "messages_enrollment_ix" ON "messages" USING btree ("workspace_id","enrollment_id") WHERE enrollment_id is not null;--> statement-breakpoint
CREATE INDEX "messages_created_ix" ON "messages" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE INDEX "messages_handed_ix" ON "messages" USING btree ("workspace_id","address_key","handed_at") WHERE handed_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "suppressions_active_uq" ON "suppressions" USING btree ("workspace_id","kind","value","scope","purpose") WHERE lifted_at is null;--> statement-breakpoint
CREATE INDEX "suppressions_created_ix" ON "suppressions" USING btree ("workspace_id","created_at","id");
--> statement-breakpoint
SELECT fence_tenant_table(t) FROM unnest(ARRAY['templates', 'template_versions', 'mail_senders', 'mail_gates', 'mail_providers', 'message_bodies', 'message_events', 'suppressions', 'confirmations']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table('messages', privileges => 'SELECT, INSERT, UPDATE, DELETE', swept => true);
