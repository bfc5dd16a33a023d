-- A key stands for one request as long as anything has an id that was derived from it: of such a key the row stays,
-- with two hashes and no answer, about 150 bytes. Keys from before this may all have derived one.
alter table idempotency_keys add column derives_id boolean not null default true;
alter table idempotency_keys alter column derives_id drop default;

-- What is to be cleaned up: answers of keys that stay, and keys that go.
drop index idempotency_keys_expiry;
create index idempotency_keys_clean_up on idempotency_keys (expires_at) where answer is not null or not derives_id;
