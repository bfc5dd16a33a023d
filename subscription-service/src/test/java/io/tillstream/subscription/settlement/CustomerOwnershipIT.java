package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A subscriber who paid is not forgotten for a fault on the way, and an odd copy of metadata holds up nobody. */
class CustomerOwnershipIT extends Subscriber {

    /** As the simulator and payment-service's clients take a path. */
    private StripeEvent subscriptionOf(String userId) {
        customer = STRIPE.post(
                        "/v1/customers",
                        "metadata[user_id]=" + URLEncoder.encode(userId, StandardCharsets.UTF_8)
                                + "&metadata[env]=test&metadata[generation]=1")
                .path("id")
                .asString();
        pays(GOOD_CARD);
        STRIPE.post("/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf("starter-monthly"));
        return news().stream()
                .filter(event -> event.type().equals("customer.subscription.created"))
                .filter(event -> event.raw().toString().contains(customer))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void itAnswersAsEver() {
        isAskedWhoseAndAnswers(user, 200);
    }

    /** An older release, or whoever stands in between, has no such address: what was paid would be lost. */
    @ParameterizedTest
    @ValueSource(ints = {404, 401, 429, 500, 503})
    void whoeverIsNotToldWhoseItIsAsksAgain(int status) {
        StripeEvent begun = subscriptionOf(user);
        isMade(user, customer);
        isAskedWhoseAndAnswers(user, status);

        assertThatThrownBy(() -> deliver(begun)).isInstanceOf(TransientFault.class);
        isAskedWhoseAndAnswers(user, 200);
        deliver(begun);

        assertThat(get("/api/subscriptions").path("data")).hasSize(1);
    }

    /** Some text that payment-service does not take as a user: its partition would wait for ever. */
    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void anOddNameIsNobodys(int status) {
        StripeEvent begun = subscriptionOf(user);
        isAskedWhoseAndAnswers(user, status);

        assertThat(deliver(begun)).isInstanceOf(EventOutcome.Ignored.class);

        assertThat(get("/api/subscriptions").path("data")).isEmpty();
    }

    /** Metadata holds 500 characters, and payment-service has no address for more than 255: it would be asked for ever. */
    @ParameterizedTest
    @ValueSource(ints = {256, 500})
    void aNameThatIsTooLongForAUserIsNobodysAndNobodyIsAsked(int length) {
        String name = "n".repeat(length - user.length()) + user;
        StripeEvent begun = subscriptionOf(name);
        isAskedWhoseAndAnswers(name, 404); // no address

        assertThat(deliver(begun)).isInstanceOf(EventOutcome.Ignored.class);

        assertThat(wasAskedWhose(customer)).isFalse();
    }

    @Test
    void theLongestNameOfAUserIsTheirs() {
        String name = "n".repeat(255 - user.length()) + user;
        StripeEvent begun = subscriptionOf(name);
        isMade(name, customer);

        deliver(begun);

        assertThat(texts("select user_id from subscriptions where stripe_customer_id = '" + customer + "'"))
                .containsExactly(name);
    }

    @Test
    void aBlankNameIsNobodysAndNobodyIsAsked() {
        StripeEvent begun = subscriptionOf(" ");
        isAskedWhoseAndAnswers(" ", 404); // no address

        assertThat(deliver(begun)).isInstanceOf(EventOutcome.Ignored.class);

        assertThat(wasAskedWhose(customer)).isFalse();
    }
}
