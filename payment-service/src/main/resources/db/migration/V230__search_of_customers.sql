-- Operators find a customer by e-mail, in whatever case it is written, or by the last four digits of a card.
create index customers_email on customers (lower(email)) where email is not null;
create index customers_created on customers (created_at desc, user_id desc);
create index cards_last_four on cards (last_four);
