-- Run once on a new PostgreSQL by ./run and by docker-compose.yml, as its superuser. One statement per semicolon.

create role tillstream login password 'tillstream';

-- A transaction that somebody left open, a runaway statement or a lock that nobody gives back ends here, before it
-- holds up the others.
alter role tillstream set idle_in_transaction_session_timeout = '5s';
alter role tillstream set statement_timeout = '5s';
alter role tillstream set lock_timeout = '2s';

-- The session of a host that is gone ends after 11 s with all it holds, not after TCP's two hours.
alter role tillstream set tcp_keepalives_idle = '5s';
alter role tillstream set tcp_keepalives_interval = '2s';
alter role tillstream set tcp_keepalives_count = 3;

create database orders owner tillstream;
create database payments owner tillstream;
create database subscriptions owner tillstream;
