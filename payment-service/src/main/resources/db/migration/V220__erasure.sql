-- When the user last asked to be deleted: what was asked for before it begins nothing at Stripe any more.
alter table customers add column deleted_at timestamptz;

-- Where goods go is needed to ask Stripe once more with the same words, so until its answer is kept; not longer.
update payments set terms = terms - 'shipping'
where terms ? 'shipping' and status not in ('initiated', 'unknown');
