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

    private static final Duration LONGEST = Duration.ofDays(1);

    PolicySettings {
        if (lead.isNegative() || lead.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("POLICY_LEAD is from 0s to 1d");
        }
    }
}
