package io.tillstream.events;

/** What happened to a user's saved card; published on {@code payments.events}, keyed by user id. */
public sealed interface PaymentMethodEvent extends DomainEvent {

    String userId();

    String paymentMethodId();

    @Override
    default String aggregateId() {
        return userId();
    }

    @Override
    default String topic() {
        return PaymentEvent.TOPIC;
    }

    @EventTypeName("payment_method.saved")
    record Saved(String userId, String paymentMethodId, String brand, String lastFour, int expMonth, int expYear)
            implements PaymentMethodEvent {}

    /** By the user, at Stripe's dashboard, or by the card network. */
    @EventTypeName("payment_method.updated")
    record Updated(String userId, String paymentMethodId, String brand, String lastFour, int expMonth, int expYear)
            implements PaymentMethodEvent {}

    @EventTypeName("payment_method.removed")
    record Removed(String userId, String paymentMethodId) implements PaymentMethodEvent {}

    /** The card's last month ends within 30 days. */
    @EventTypeName("payment_method.expiring")
    record Expiring(String userId, String paymentMethodId, String brand, String lastFour, int expMonth, int expYear)
            implements PaymentMethodEvent {}
}
