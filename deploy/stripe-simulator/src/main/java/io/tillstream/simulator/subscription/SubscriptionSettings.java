package io.tillstream.simulator.subscription;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the account has decided on subscriptions.
 *
 * @param givenUp what becomes of a subscription when the last attempt to collect a renewal failed
 */
@ConfigurationProperties("simulator.subscriptions")
record SubscriptionSettings(GivenUp givenUp) {
    /** As in the Dashboard: the subscription ends, is kept without being charged, or stays past due. */
    enum GivenUp {
        CANCEL,
        UNPAID,
        PAST_DUE
    }
}
