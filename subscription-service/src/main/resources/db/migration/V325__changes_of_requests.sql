-- Whether a request made a change is asked when its key is to be forgotten.
create index subscription_changes_of_request on subscription_changes (request_id);
