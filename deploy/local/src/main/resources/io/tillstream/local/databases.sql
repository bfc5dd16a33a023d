-- Run once on a new PostgreSQL by ./run and by docker-compose.yml, as its superuser. One statement per semicolon.

-- Each service has a role of its own, which owns its database; nobody else may connect to it.
create role orders login password 'local-orders-password';
create role payments login password 'local-payments-password';
create role subscriptions login password 'local-subscriptions-password';
create database orders owner orders;
create database payments owner payments;
create database subscriptions owner subscriptions;
revoke all on database orders from public;
revoke all on database payments from public;
revoke all on database subscriptions from public;

-- A transaction that somebody left open, a runaway statement or a lock that nobody gives back ends here, before it
-- holds up the others. The session of a host that is gone ends after 11 s with all it holds, not after TCP's two hours.
-- Of the database, not of the role: whoever logs in has these limits, also a second role while a password is changed.
alter database orders set idle_in_transaction_session_timeout = '5s';
alter database orders set statement_timeout = '5s';
alter database orders set lock_timeout = '2s';
alter database orders set tcp_keepalives_idle = '5s';
alter database orders set tcp_keepalives_interval = '2s';
alter database orders set tcp_keepalives_count = 3;

alter database payments set idle_in_transaction_session_timeout = '5s';
alter database payments set statement_timeout = '5s';
alter database payments set lock_timeout = '2s';
alter database payments set tcp_keepalives_idle = '5s';
alter database payments set tcp_keepalives_interval = '2s';
alter database payments set tcp_keepalives_count = 3;

alter database subscriptions set idle_in_transaction_session_timeout = '5s';
alter database subscriptions set statement_timeout = '5s';
alter database subscriptions set lock_timeout = '2s';
alter database subscriptions set tcp_keepalives_idle = '5s';
alter database subscriptions set tcp_keepalives_interval = '2s';
alter database subscriptions set tcp_keepalives_count = 3;
