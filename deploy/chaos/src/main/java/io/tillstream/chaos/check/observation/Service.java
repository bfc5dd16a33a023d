package io.tillstream.chaos.check.observation;

import java.util.regex.Pattern;

/**
 * A service that owns data and takes Stripe's events. Which types each follows is said here once more, by hand: read from the
 * services, it would miss one that they forgot.
 */
public enum Service {
    ORDERS(
            "orders",
            "order-service",
            "payment_intent\\.(succeeded|processing|requires_action|payment_failed|canceled)|checkout\\.session\\..+"
                    + "|charge\\.(refunded|refund\\.updated|dispute\\..+)|refund\\..+"),
    PAYMENTS(
            "payments",
            "payment-service",
            "payment_intent\\.(created|succeeded|processing|requires_action|payment_failed|canceled"
                    + "|amount_capturable_updated)|payment_method\\..+|setup_intent\\.(succeeded|setup_failed)"
                    + "|mandate\\.updated|checkout\\.session\\..+|charge\\..+|refund\\..+"
                    + "|radar\\.early_fraud_warning\\..+|customer\\.(created|updated|deleted)"),
    SUBSCRIPTIONS(
            "subscriptions",
            "subscription-service",
            "product\\..+|price\\..+|customer\\.(subscription\\..+|deleted)|subscription_schedule\\..+"
                    + "|checkout\\.session\\..+|invoice\\.(upcoming|created|finalized|finalization_failed|paid"
                    + "|payment_succeeded|payment_failed|payment_action_required|updated|voided"
                    + "|marked_uncollectible|overdue)|charge\\.(dispute\\..+|refund\\.updated)|refund\\..+"
                    + "|radar\\.early_fraud_warning\\..+|credit_note\\..+|payment_method\\..+"
                    + "|entitlements\\.active_entitlement_summary\\.updated");

    private final String database;
    private final String group;
    private final Pattern followed;

    Service(String database, String group, String followed) {
        this.database = database;
        this.group = group;
        this.followed = Pattern.compile("com\\.stripe\\.(" + followed + ")");
    }

    /** The name of its database in {@code ./run}. */
    public String database() {
        return database;
    }

    /** Its name, which is its consumer group's too. */
    public String group() {
        return group;
    }

    /** The topic of its domain events. */
    public String topic() {
        return database + ".events";
    }

    /** Whether it has to handle a record of that {@code ce_type}; one without is for all, as nobody can tell. */
    public boolean follows(String type) {
        return type.isEmpty() || followed.matcher(type).matches();
    }
}
