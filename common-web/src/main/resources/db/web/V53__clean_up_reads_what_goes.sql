-- The clean-up goes through what it takes and nothing else: one index had the keys that stay for 30 days beside the answers that
-- go after one, so that each round read all of the former, and whoever sent many keys made it slow.
-- Concurrently, as requests write this table while a release starts. What an attempt that was cut off left is of no use to
-- PostgreSQL, and is made anew.
drop index concurrently if exists idempotency_keys_answered;
create index concurrently idempotency_keys_answered on idempotency_keys (expires_at) where answer is not null;

drop index concurrently if exists idempotency_keys_forgettable;
create index concurrently idempotency_keys_forgettable on idempotency_keys (expires_at) where not derives_id and answer is null;

-- idempotency_keys_clean_up stays for the release before this one, and goes with the next.
