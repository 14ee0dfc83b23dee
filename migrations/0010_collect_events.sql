CREATE TABLE "event_keys" (
	"workspace_id" uuid NOT NULL,
	"event_key" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"received_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "event_keys_workspace_id_event_key_pk" PRIMARY KEY("workspace_id","event_key")
);
--> statement-breakpoint
CREATE TABLE "lead_event_counters" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"name" text NOT NULL,
	"day" date NOT NULL,
	"raw_count" integer NOT NULL,
	"count" integer NOT NULL,
	"first_at" timestamp(3) with time zone,
	"last_at" timestamp(3) with time zone,
	CONSTRAINT "lead_event_counters_workspace_id_lead_id_name_day_pk" PRIMARY KEY("workspace_id","lead_id","name","day")
);
--> statement-breakpoint
CREATE TABLE "visitors" (
	"workspace_id" uuid NOT NULL,
	"visitor_id" text NOT NULL,
	"lead_id" uuid,
	"successor_id" text,
	"first_seen_at" timestamp(3) with time zone NOT NULL,
	"last_seen_at" timestamp(3) with time zone NOT NULL,
	"identified_at" timestamp(3) with time zone,
	"identified_by" text,
	CONSTRAINT "visitors_workspace_id_visitor_id_pk" PRIMARY KEY("workspace_id","visitor_id")
);
--> statement-breakpoint
CREATE INDEX "event_keys_received_ix" ON "event_keys" USING brin ("received_at");--> statement-breakpoint
CREATE INDEX "visitors_lead_ix" ON "visitors" USING btree ("workspace_id","lead_id","visitor_id") WHERE lead_id is not null;
--> statement-breakpoint
SELECT fence_tenant_table(t) FROM unnest(ARRAY['event_keys', 'visitors', 'lead_event_counters']::regclass[]) AS t;
--> statement-breakpoint
-- Old keys are found in all workspaces at once; which event a key stands for is nobody's business there.
CREATE POLICY sweep_read ON event_keys FOR SELECT TO leadwell_sweep USING (true);
--> statement-breakpoint
GRANT SELECT (workspace_id, received_at) ON event_keys TO leadwell_sweep;
--> statement-breakpoint
-- A counter is updated again and again; room on its page keeps the update away from the index.
ALTER TABLE lead_event_counters SET (fillfactor = 70);
--> statement-breakpoint
-- Behaviour as it was received: append-only in bulk, so it is kept in monthly partitions that are dropped whole. No
-- foreign key, and no default partition, which would have to be searched whenever a month is added.
CREATE TABLE events (
  workspace_id uuid NOT NULL,
  occurred_at timestamp(3) with time zone NOT NULL,
  id uuid NOT NULL,
  lead_id uuid,
  visitor_id text,
  name text NOT NULL,
  properties jsonb NOT NULL,
  source text NOT NULL,
  url text,
  bot_probability real NOT NULL,
  is_bot boolean NOT NULL,
  bot_signs text[],
  received_at timestamp(3) with time zone NOT NULL,
  PRIMARY KEY (workspace_id, occurred_at, id)
) PARTITION BY RANGE (occurred_at);
--> statement-breakpoint
CREATE INDEX events_lead_ix ON events (workspace_id, lead_id, occurred_at, id) WHERE lead_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX events_visitor_ix ON events (workspace_id, visitor_id, occurred_at, id) WHERE visitor_id IS NOT NULL;
--> statement-breakpoint
SELECT fence_tenant_table('events');
--> statement-breakpoint
-- Makes the missing monthly partitions from one day to another. Requests do not own the tables, so this runs as the owner
-- who migrates. A partition is made aside and attached: that waits for no reader and no writer of the others. Nobody may
-- reach one past its parent. Two processes may do this at once: the later one finds what the earlier one made.
CREATE FUNCTION create_event_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' SET timezone = 'UTC' AS $$
DECLARE
  month date := date_trunc('month', first_day);
  partition text;
  made integer := 0;
BEGIN
  IF last_day - first_day > 40000 THEN RAISE EXCEPTION 'at most 40000 days'; END IF;
  WHILE month <= last_day LOOP
    partition := 'events_' || to_char(month, 'YYYY_MM');
    IF to_regclass(partition) IS NULL THEN
      BEGIN
        EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING CONSTRAINTS)', partition);
        PERFORM fence_tenant_table(partition::regclass);
        EXECUTE format('REVOKE ALL ON %I FROM leadwell_app', partition);
        EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition,
          month::timestamptz, (month + interval '1 month')::timestamptz);
        made := made + 1;
      EXCEPTION WHEN duplicate_table OR unique_violation THEN NULL;
      END;
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;
--> statement-breakpoint
-- Drops the partitions that end on or before a day; gives up rather than make all writers wait behind a long reader.
CREATE FUNCTION drop_event_partitions(kept_from date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' SET timezone = 'UTC' AS $$
DECLARE
  partition text;
  dropped integer := 0;
BEGIN
  IF kept_from > current_date - 1 THEN RAISE EXCEPTION 'the present is not dropped'; END IF;
  FOR partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'events'::regclass AND c.relname < 'events_' || to_char(kept_from, 'YYYY_MM') ORDER BY 1
  LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I', partition);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION create_event_partitions, drop_event_partitions FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION create_event_partitions, drop_event_partitions TO leadwell_app;
