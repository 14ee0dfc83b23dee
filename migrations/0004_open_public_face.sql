CREATE TABLE "consent_wordings" (
	"workspace_id" uuid NOT NULL,
	"form_key" text NOT NULL,
	"consent_key" text NOT NULL,
	"hash" text NOT NULL,
	"wording" text NOT NULL,
	"locale" text NOT NULL,
	"form_version" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "consent_wordings_workspace_id_form_key_consent_key_hash_pk" PRIMARY KEY("workspace_id","form_key","consent_key","hash")
);
--> statement-breakpoint
CREATE TABLE "form_secrets" (
	"workspace_id" uuid NOT NULL,
	"form_key" text NOT NULL,
	"challenge_secret" "bytea" NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "form_secrets_workspace_id_form_key_pk" PRIMARY KEY("workspace_id","form_key")
);
--> statement-breakpoint
CREATE TABLE "spam_sightings" (
	"workspace_id" uuid NOT NULL,
	"window_start" timestamp(3) with time zone NOT NULL,
	"fingerprint" uuid NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "spam_sightings_workspace_id_window_start_fingerprint_pk" PRIMARY KEY("workspace_id","window_start","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "used_tokens" (
	"workspace_id" uuid NOT NULL,
	"issued_at" timestamp(3) with time zone NOT NULL,
	"token_id" uuid NOT NULL,
	"submission_id" uuid NOT NULL,
	CONSTRAINT "used_tokens_workspace_id_issued_at_token_id_pk" PRIMARY KEY("workspace_id","issued_at","token_id")
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"channel" text NOT NULL,
	"action" text NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"method" text NOT NULL,
	"actor" text NOT NULL,
	"form_key" text,
	"consent_key" text,
	"submission_id" uuid,
	"wording_hash" text,
	"wording_version" text,
	"wording" text,
	"locale" text,
	"ip_prefix" text,
	"evidence" jsonb NOT NULL,
	CONSTRAINT "consents_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "form_submissions" ADD COLUMN "spam" jsonb;--> statement-breakpoint
ALTER TABLE "form_submissions" ADD COLUMN "released_by" text;--> statement-breakpoint
ALTER TABLE "form_submissions" ADD COLUMN "released_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "consent_wordings" ADD CONSTRAINT "consent_wordings_workspace_id_form_key_forms_workspace_id_form_key_fk" FOREIGN KEY ("workspace_id","form_key") REFERENCES "public"."forms"("workspace_id","form_key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "form_secrets" ADD CONSTRAINT "form_secrets_workspace_id_form_key_forms_workspace_id_form_key_fk" FOREIGN KEY ("workspace_id","form_key") REFERENCES "public"."forms"("workspace_id","form_key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_workspace_id_lead_id_leads_workspace_id_id_fk" FOREIGN KEY ("workspace_id","lead_id") REFERENCES "public"."leads"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "consents_lead_ix" ON "consents" USING btree ("workspace_id","lead_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "form_submissions_quarantine_ix" ON "form_submissions" USING btree ("workspace_id","id") WHERE state = 'quarantined';--> statement-breakpoint
SELECT fence_tenant_table(t) FROM unnest(ARRAY['form_secrets', 'used_tokens', 'spam_sightings']::regclass[]) AS t;
--> statement-breakpoint
SELECT fence_tenant_table(t, privileges => 'SELECT, INSERT') FROM unnest(ARRAY['consent_wordings', 'consents']::regclass[]) AS t;
