-- Where an order was to go is erased in what was told of it too, when its customer is deleted: one entry an order.
create index outbox_placed on outbox (aggregate_id) where type = 'io.tillstream.order.placed.v1';
