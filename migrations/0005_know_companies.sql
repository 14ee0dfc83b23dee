CREATE TABLE "account_identities" (
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"account_id" uuid NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "account_identities_workspace_id_kind_value_pk" PRIMARY KEY("workspace_id","kind","value")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text,
	"name_key" text,
	"website" text,
	"domain" text,
	"industry" text,
	"employee_count" integer,
	"annual_revenue" jsonb,
	"phone" text,
	"street" text,
	"city" text,
	"region" text,
	"postal_code" text,
	"country" text,
	"owner_id" uuid,
	"tags" text[] NOT NULL,
	"custom_fields" jsonb NOT NULL,
	"metadata" jsonb NOT NULL,
	"external_ids" jsonb NOT NULL,
	"archived" boolean NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "accounts_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "lead_search" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"email" text,
	"last_name" text,
	"full_name" text,
	"company_name" text,
	CONSTRAINT "lead_search_workspace_id_lead_id_pk" PRIMARY KEY("workspace_id","lead_id")
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"workspace_id" uuid NOT NULL,
	"settings_key" text NOT NULL,
	"version" integer NOT NULL,
	"document" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "settings_workspace_id_settings_key_pk" PRIMARY KEY("workspace_id","settings_key")
);
--> statement-breakpoint
ALTER TABLE "account_identities" ADD CONSTRAINT "account_identities_workspace_id_account_id_accounts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","account_id") REFERENCES "public"."accounts"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_identities_account_ix" ON "account_identities" USING btree ("workspace_id","account_id");--> statement-breakpoint
CREATE INDEX "accounts_created_ix" ON "accounts" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE INDEX "accounts_updated_ix" ON "accounts" USING btree ("workspace_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "accounts_name_ix" ON "accounts" USING btree ("workspace_id","name_key" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "lead_search_email_ix" ON "lead_search" USING btree ("workspace_id","email" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "lead_search_last_name_ix" ON "lead_search" USING btree ("workspace_id","last_name" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "lead_search_full_name_ix" ON "lead_search" USING btree ("workspace_id","full_name" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "lead_search_company_ix" ON "lead_search" USING btree ("workspace_id","company_name" text_pattern_ops);--> statement-breakpoint
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_account_id_accounts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","account_id") REFERENCES "public"."accounts"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "leads_account_ix" ON "leads" USING btree ("workspace_id","account_id","created_at","id") WHERE account_id is not null;
--> statement-breakpoint
SELECT fence_tenant_table(t) FROM unnest(ARRAY['accounts', 'account_identities', 'settings', 'lead_search']::regclass[]) AS t;
