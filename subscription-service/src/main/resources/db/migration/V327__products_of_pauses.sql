-- Which product was paused: the subscription may be changed to another one, and its pauses stay had.
-- Null: asked by an older release, which may run beside this one; then it is the product of the subscription's plan.
alter table pause_requests add column product text;
update pause_requests r set product = p.product
from subscriptions s join plans p on p.id = s.plan_id
where s.id = r.subscription_id;
