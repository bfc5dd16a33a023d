-- The answer to a request, kept for repeats with the same Idempotency-Key.
create table idempotency_keys (
    -- SHA-256 of user, endpoint and key: the key itself is what decrypts the answer and is not kept.
    key_hash     bytea primary key,
    -- SHA-256 of the body: the same key with another body is refused.
    request_hash bytea not null,
    -- The run that holds the key; a run whose lease was taken over must not store its answer.
    owner        uuid not null,
    -- A process that died leaves its key locked until then.
    lease_until  timestamptz not null,
    -- Status, a few headers and body, encrypted (it can hold client secrets); null while the request runs.
    answer       bytea,
    expires_at   timestamptz not null
);

create index idempotency_keys_expiry on idempotency_keys (expires_at);
