package io.tillstream.subscription.cancellation;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionUpdateParams;
import org.junit.jupiter.api.Test;

class CancellationFeedbackTest {

    @Test
    void oneOfStripesWordsCountsInItsStatistics() {
        CancellationFeedback reason = new CancellationFeedback("too_expensive");

        assertThat(reason.whenLater().getFeedback())
                .isEqualTo(SubscriptionUpdateParams.CancellationDetails.Feedback.TOO_EXPENSIVE);
        assertThat(reason.whenLater().getComment()).isNull();
        assertThat(reason.whenNow().getFeedback())
                .isEqualTo(SubscriptionCancelParams.CancellationDetails.Feedback.TOO_EXPENSIVE);
        assertThat(reason.whenNow().getComment()).isNull();
    }

    @Test
    void ownWordsAreKeptAsTheyAre() {
        CancellationFeedback reason = new CancellationFeedback("I moved to the sea.");

        assertThat(reason.whenLater().getComment()).isEqualTo("I moved to the sea.");
        assertThat(reason.whenLater().getFeedback()).isNull();
        assertThat(reason.whenNow().getComment()).isEqualTo("I moved to the sea.");
        assertThat(reason.whenNow().getFeedback()).isNull();
    }
}
