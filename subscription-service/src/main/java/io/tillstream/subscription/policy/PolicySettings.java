package io.tillstream.subscription.policy;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings below {@code tillstream.policies}.
 *
 * @param lead how long before its start a policy is taken on at least, so that each instance knows it by then: several of the
 *     periods in which they look
 */
@ConfigurationProperties("tillstream.policies")
record PolicySettings(@DefaultValue("30s") Duration lead) {

    PolicySettings {
        if (lead.isNegative()) {
            throw new IllegalArgumentException("POLICY_LEAD is 0s at least");
        }
    }
}
