package io.tillstream.subscription.cancellation;

import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.util.Arrays;
import java.util.Optional;

/** Why somebody leaves: one of Stripe's words, or their own. */
record CancellationFeedback(String text) {

    static final int LONGEST = 500; // what Stripe keeps as a comment

    SubscriptionUpdateParams.CancellationDetails whenLater() {
        var details = SubscriptionUpdateParams.CancellationDetails.builder();
        Optional<SubscriptionUpdateParams.CancellationDetails.Feedback> word = Arrays.stream(
                        SubscriptionUpdateParams.CancellationDetails.Feedback.values())
                .filter(feedback -> feedback.getValue().equals(text))
                .findFirst();
        return word.map(details::setFeedback)
                .orElseGet(() -> details.setComment(text))
                .build();
    }

    SubscriptionCancelParams.CancellationDetails whenNow() {
        var details = SubscriptionCancelParams.CancellationDetails.builder();
        Optional<SubscriptionCancelParams.CancellationDetails.Feedback> word = Arrays.stream(
                        SubscriptionCancelParams.CancellationDetails.Feedback.values())
                .filter(feedback -> feedback.getValue().equals(text))
                .findFirst();
        return word.map(details::setFeedback)
                .orElseGet(() -> details.setComment(text))
                .build();
    }
}
