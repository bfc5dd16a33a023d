package io.tillstream.subscription.stripe;

import com.stripe.model.StripeObject;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionResumeParams;
import com.stripe.param.SubscriptionUpdateParams;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Subscriptions at Stripe: read, changed, ended. */
@Component
public class StripeSubscriptions {

    private final StripeCalls calls;

    StripeSubscriptions(StripeCalls calls) {
        this.calls = calls;
    }

    /** As Stripe has it this moment. Refuses one that is not there, or not there yet. */
    public Mono<StripeSubscriptionState> read(Subscription subscription) {
        return find(subscription).map(found -> found.orElseThrow(StripeSubscriptions::ended));
    }

    /** The same, and nothing where Stripe has it no more. */
    public Mono<Optional<StripeSubscriptionState>> find(Subscription subscription) {
        String id = subscription.stripeId();
        if (id == null) {
            return Mono.error(Problem.conflict("subscription-starting", "The subscription has not begun yet."));
        }
        return calls.read(
                        "subscription.read",
                        (stripe, options) -> json(stripe.v1().subscriptions().retrieve(id, options)))
                .map(answer -> StripeProblems.present(answer).map(StripeSubscriptionState::of));
    }

    /** What time it is on a test clock; empty where the clock is gone. */
    public Mono<Instant> frozenTime(String testClockId) {
        return calls.read("test_clock.read", (stripe, options) -> stripe.v1()
                        .testHelpers()
                        .testClocks()
                        .retrieve(testClockId, options)
                        .getFrozenTime())
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .map(Instant::ofEpochSecond);
    }

    /** Where Stripe knows it no more, or it is over. */
    public static Problem ended() {
        return Problem.conflict("subscription-ended", "The subscription is over.");
    }

    /**
     * Sets what may be set twice without harm: an end, a pause, a card. {@code request} and the state it was made in name
     * this one change: the same again is the same for Stripe.
     */
    public Mono<StripeResult<JsonNode>> update(
            String operation, Object request, String stripeId, SubscriptionUpdateParams params) {
        return calls.writeRepeatable(
                operation,
                request,
                (stripe, options) -> json(stripe.v1().subscriptions().update(stripeId, params, options)));
    }

    /** Another plan or quantity, which is billed: never under another key before Stripe was looked at. */
    public Mono<StripeResult<JsonNode>> change(
            String operation,
            Object request,
            String stripeId,
            SubscriptionUpdateParams params,
            boolean background,
            ExpectedValues expected) {
        return through(background)
                .write(
                        operation,
                        request,
                        (stripe, options) -> stripe.v1().subscriptions().update(stripeId, params, options),
                        expected)
                .map(answer -> answer.map(StripeSubscriptions::json));
    }

    public Mono<StripeResult<JsonNode>> cancel(Object request, String stripeId, SubscriptionCancelParams params) {
        return calls.writeRepeatable(
                "subscription.cancel",
                request,
                (stripe, options) -> json(stripe.v1().subscriptions().cancel(stripeId, params, options)));
    }

    /** For one that Stripe paused itself, as its trial ended without a card. */
    public Mono<StripeResult<JsonNode>> resume(Object request, String stripeId) {
        var params = SubscriptionResumeParams.builder()
                .setBillingCycleAnchor(SubscriptionResumeParams.BillingCycleAnchor.NOW)
                .build();
        return calls.writeRepeatable(
                "subscription.resume",
                request,
                (stripe, options) -> json(stripe.v1().subscriptions().resume(stripeId, params, options)));
    }

    private StripeCalls through(boolean background) {
        return background ? calls.inBackground() : calls;
    }

    /** The answer as Stripe wrote it. */
    public static <T extends StripeObject> JsonNode json(T answer) {
        return StripeJson.read(answer.getLastResponse().body().getBytes(StandardCharsets.UTF_8));
    }
}
