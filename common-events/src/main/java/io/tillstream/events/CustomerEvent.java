package io.tillstream.events;

/** What happened to a user as a customer; published on {@code payments.events}, keyed by user id. */
public sealed interface CustomerEvent extends DomainEvent {

    String userId();

    @Override
    default String aggregateId() {
        return userId();
    }

    @Override
    default String topic() {
        return PaymentEvent.TOPIC;
    }

    /**
     * The user wants to be forgotten: whoever keeps their name, address or e-mail erases it. {@code deletedAt} is an RFC 3339
     * time; what the same user id does after it is new and stays.
     */
    @EventTypeName("customer.deleted")
    record Deleted(String userId, String deletedAt) implements CustomerEvent {}
}
