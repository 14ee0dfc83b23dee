-- The login of Leadwell: no superuser. It owns its database, and may create the two roles that its migrations need.
CREATE ROLE leadwell LOGIN NOSUPERUSER CREATEROLE PASSWORD 'change-me';
CREATE DATABASE leadwell OWNER leadwell;

-- What a client asks for when it connects does not pass PgBouncer, so the limits are those of the login: longest
-- statement of background work, longest wait for a lock, longest pause inside a transaction.
ALTER ROLE leadwell SET statement_timeout = '30s';
ALTER ROLE leadwell SET lock_timeout = '30s';
ALTER ROLE leadwell SET idle_in_transaction_session_timeout = '15s';
